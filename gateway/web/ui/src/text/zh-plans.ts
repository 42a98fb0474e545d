/** Response plans, and what the dispatch core tells, in Chinese. */
export const plans = {}
