import type { CardAction, CardPanel } from './model'

/** Hand-over, three-party calls, call-back, the supervisor. */
export const actions: CardAction[] = []
export const panels: CardPanel[] = []
