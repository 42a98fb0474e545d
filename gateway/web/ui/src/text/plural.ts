/** English counts: "1 call", "2 calls". */
export const some = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`
