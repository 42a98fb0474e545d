import type { Dictionary } from './zh'

/** Repeat callers, incidents, surge and floods, in English. */
export const together: Dictionary['together'] = {}
