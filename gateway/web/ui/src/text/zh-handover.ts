/** Hand-over, three-party calls, call-back, the supervisor, in Chinese. */
export const handover = {}
