/** Work orders, in Chinese. */
export const orders = {}
