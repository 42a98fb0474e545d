import type { Accuracy } from './api/types'

/** Fewer checked facts than this say little; a share of them is shown as such and never complained of. */
export const FEW = 10
/** Less than this left as heard: people correct it so often that somebody should look. */
const WEAK = 0.8

export const percent = (share: number): string => `${Math.round(share * 100)}%`
export const checked = (row: Accuracy): number => row.confirmed + row.corrected
export const isWeak = (row: Accuracy): boolean => checked(row) >= FEW && row.field_accuracy < WEAK

/** Share that stood as heard over all rows together, null when there is nothing. */
export function confirmedOf(rows: Accuracy[]): number | null {
  const all = rows.reduce((sum, row) => sum + checked(row), 0)
  return all ? rows.reduce((sum, row) => sum + row.confirmed, 0) / all : null
}
