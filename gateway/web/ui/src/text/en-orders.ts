import type { Dictionary } from './zh'

/** Work orders, in English. */
export const orders: Dictionary['orders'] = {}
