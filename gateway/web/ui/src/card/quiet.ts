import type { CardAction, CardPanel } from './model'

/** Calls that say little: silence, abandoned calls, text. */
export const actions: CardAction[] = []
export const panels: CardPanel[] = []
