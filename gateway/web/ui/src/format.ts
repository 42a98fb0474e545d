import type { ApiError } from './api/client'
import type { Finding, Heard } from './api/types'
import { inLanguage, text, type Words } from './text'

/** A span as people read a clock: 00:42, 12:05, 1:02:03. */
export function clock(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000))
  const two = (n: number) => String(n).padStart(2, '0')
  const hours = Math.floor(total / 3600)
  const rest = `${two(Math.floor(total / 60) % 60)}:${two(total % 60)}`
  return hours ? `${hours}:${rest}` : rest
}

/** Time of day, local, 24 h. */
export function timeOfDay(iso: string): string {
  return new Date(iso).toLocaleTimeString('zh-CN', { hour12: false })
}

/** Date and time, local, the same in both languages: 2026-11-23 14:02:31. */
export function moment(iso: string): string {
  const at = new Date(iso)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${timeOfDay(iso)}`
}

const STAMP = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g

/** What the gateway refused, in the language of whoever reads it then; times in it are those of the desk's clock. */
export const refusal = (error: ApiError): Words => () => inLanguage(error.zh, error.en).replace(STAMP, moment) || text.value.app.unreachable

export const since = (iso: string, now: number): number => now - Date.parse(iso)

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

/** 1 450 000 000 bytes: 1.5 GB, in powers of ten as disks are sold. */
export function byteSize(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)))
  return `${(bytes / 1000 ** power).toFixed(power ? 1 : 0)} ${UNITS[power]}`
}

/** How far, as people say it: 50 m, 320 m, 3.1 km. */
export function distanceText(metres: number): string {
  const { metre, kilometre } = text.value.map
  if (metres < 999.5) return metre(String(Math.round(metres)))
  return kilometre((metres / 1000).toFixed(metres < 9950 ? 1 : 0))
}

/** Words of earlier utterances that a finding rests on beside its own, in the order of speaking. */
export const earlier = (finding: Finding): Heard[] => [...(finding.further ?? [])].reverse()
