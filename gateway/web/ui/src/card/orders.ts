import type { CardAction, CardPanel } from './model'

/** Work orders. */
export const actions: CardAction[] = []
export const panels: CardPanel[] = []
