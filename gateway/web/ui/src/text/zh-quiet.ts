/** Calls that say little: silence, abandoned calls, text, in Chinese. */
export const quiet = {}
