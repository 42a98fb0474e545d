/** Repeat callers, incidents, surge and floods, in Chinese. */
export const together = {}
