import type { Dictionary } from './zh'

/** Hand-over, three-party calls, call-back, the supervisor, in English. */
export const handover: Dictionary['handover'] = {}
