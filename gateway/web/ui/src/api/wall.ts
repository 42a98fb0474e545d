// The wall: one answer of counts and times, without telephone numbers, names, or places finer than a district.

import { ask } from './client'
import type { Nature } from './codes'
import type { FloodKind } from './together'
import type { ServiceState } from './types'

/** How many, and since when the oldest. */
export interface Counted { count: number; since: string | null }
export interface Listed<T> { items: T[]; beyond: number }
export interface WallLink { name: string; state: ServiceState; since: string; good: string | null }
export interface Within { s: number; calls: number }
export interface WallNature { nature: Nature; calls: number; before: number }
export interface WallSurge { since: string; calls: number; nature: Nature | null; district: string | null }
export interface WallFlood { kind: FloodKind; since: string; calls: number; numbers: number }
export interface WallPlan { code: string; title_zh: string; title_en: string; major: boolean; started_at: string; done: number; items: number }

export interface WallSpeech {
  state: ServiceState
  since: string
  unheard: number
  behind: number
  set_aside: number
  lost: WallLink[]
  demo_languages: string[]
}

/** The site's day so far, and yesterday until the same time. `fault_since`: it cannot be read any more, and stands as it was. */
export interface WallDay {
  at: string | null
  fault_since: string | null
  calls: number
  calls_before: number
  rang: number
  answered: number
  within: Within[]
  abandoned: number
  decided: number
  classes: Record<'valid_alarm' | 'non_police' | 'unsure' | 'none', number>
  handed: number
  came_back: number
  unrecorded: number
  natures: WallNature[]
  signed: { within: Within[]; later: number; not_yet: number }
  orders: { open: number; overdue: number; returned: number }
}

/** Calls of each whole minute, the oldest first; the band of quantiles is null while too few days are known. */
export interface WallChart {
  until: string
  calls: number[]
  days: number
  low: number[] | null
  middle: number[] | null
  high: number[] | null
  quantiles: number[]
}

export interface Wall {
  at: string
  site: string
  saving: boolean
  /** Spoken calls; written ones stand in `texts`. */
  waiting: Counted
  texts: Counted & { late: number; claimed: number; left: number }
  talking: number
  held: number
  seats: Record<'of' | 'idle' | 'ringing' | 'busy' | 'wrap_up' | 'paused' | 'unreachable', number>
  call_backs: Counted & { overdue: number }
  unacknowledged: Counted
  unsigned: Counted & { within: number[]; older: number }
  silent_alarms: Counted & { unseen: number }
  districts: Listed<{ district: string; calls: number }> & { unknown: number }
  archive: Counted & { running: number; late: boolean }
  floods: Listed<WallFlood>
  surges: Listed<WallSurge>
  plans: Listed<WallPlan>
  speech: WallSpeech | null
  links: WallLink[]
  day: WallDay
  chart: WallChart | null
}

export const wallApi = { show: () => ask<Wall>('GET', '/wall') }
