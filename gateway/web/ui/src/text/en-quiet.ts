import type { Dictionary } from './zh'

/** Calls that say little: silence, abandoned calls, text, in English. */
export const quiet: Dictionary['quiet'] = {}
