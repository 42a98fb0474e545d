import type { CardAction, CardPanel } from './model'

/** Repeat callers, incidents, surge and floods. */
export const actions: CardAction[] = []
export const panels: CardPanel[] = []
