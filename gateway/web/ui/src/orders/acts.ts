import type { OrderAct } from '../api/orders'

/** What each thing asked of an order needs: `words` is what they are called in the request; all that need words or a choice open a form. */
export interface Act {
  act: OrderAct
  /** As in `keys.ts`. One key means one thing on the pages of orders. */
  combo: string
  words?: 'reason' | 'note' | 'answer'
  /** It cannot be sent without them. */
  needed?: boolean
  /** To which department. */
  department?: boolean
  /** What the caller said in a follow-up call. */
  satisfaction?: boolean
}

/** In the order of the bar: what leads on first. */
export const ACTS: readonly Act[] = [
  { act: 'send', combo: 'o' },
  { act: 'accept', combo: 'a' },
  { act: 'start', combo: 'w' },
  { act: 'answer', combo: 'd', words: 'answer', needed: true },
  { act: 'tell', combo: 'c', words: 'note' },
  { act: 'follow-up', combo: 'v', words: 'note', satisfaction: true },
  { act: 'decide', combo: 'j', words: 'reason', needed: true, department: true },
  { act: 'return', combo: 'r', words: 'reason', needed: true },
  { act: 'reassign', combo: 'm', words: 'reason', needed: true, department: true },
  { act: 'dispute', combo: 'x', words: 'reason', needed: true },
  { act: 'note', combo: 'i', words: 'note', needed: true },
  { act: 'edit', combo: 'u' },
  { act: 'close', combo: 'k', words: 'reason' },
]

export const atOnce = (act: Act): boolean => !act.words && act.act !== 'edit'
