import type { CardAction, CardPanel } from './model'

/** Response plans, and what the dispatch core tells. */
export const actions: CardAction[] = []
export const panels: CardPanel[] = []
