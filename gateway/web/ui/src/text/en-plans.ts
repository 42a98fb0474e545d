import type { Dictionary } from './zh'

/** Response plans, and what the dispatch core tells, in English. */
export const plans: Dictionary['plans'] = {}
