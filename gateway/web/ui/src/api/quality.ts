// What the quality watch says: shares are 0 to 1, null where there is nothing to take a share of. Codes only, no caller's words.

import { ask, query } from './client'
import type { AlarmClass, Department, Nature } from './codes'

/** `coverage`: share of decided calls whose verdict was not unsure. */
export interface Sums {
  judged: number
  decided: number
  overturned: number
  alarms: number
  missed: number
  raised: number
  coverage: number | null
  precision_alarm: number | null
  recall_alarm: number | null
  precision_non_police: number | null
}

export interface Cell {
  said: string
  true: string
  calls: number
}

/** One class, nature or department: `said` by the machine, `true` by people, `right` both. */
export interface CodeFigures {
  code: string
  said: number
  true: number
  right: number
  precision: number | null
  recall: number | null
}

export interface Table {
  matrix: Cell[]
  codes: CodeFigures[]
  right: number | null
}

export interface Period {
  since: string
  until: string
  sums: Sums
  classes: CodeFigures[]
  natures: CodeFigures[]
  departments: CodeFigures[]
}

export type Watched = 'valid_alarm' | 'non_police' | 'unsure' | 'overturned' | 'raised' | 'missed'

/** A watched share of the newest day; `low` and `high` null: too few calls to know what is usual. */
export interface Band {
  watched: Watched
  day: string
  share: number
  calls: number
  low: number | null
  high: number | null
  base_calls: number
  outside: boolean
}

export type About = 'missed' | 'class' | 'nature' | 'department'

/** One pack on the days of the span on which it judged. `version` null: longer ago than the rulebook remembers. */
export interface PackFigures {
  pack_hash: string
  version: number | null
  active: boolean
  since: string
  until: string
  sums: Sums
}

export interface QualityAnswer {
  since: string
  until: string
  every: 'day' | 'week'
  sums: Sums
  classes: Table
  natures: Table
  departments: Table
  opinion: Table
  periods: Period[]
  bands: Band[]
  waiting: Partial<Record<About, number>>
  /** The pack whose calls alone were counted; null: all. */
  pack: string | null
  /** The active one first, then the one before it. */
  packs: PackFigures[]
}

export interface RuleFigures {
  rule_id: string
  fired: number
  decided: number
  class_right: number
  right: number
  precision: number | null
  last_fired: string | null
  active: boolean
}

export interface RulesAnswer {
  since: string
  until: string
  items: RuleFigures[]
  silent: string[]
}

export interface Said {
  class: AlarmClass
  nature: Nature
  department: Department | null
}

export interface Disagreement {
  call_id: string
  seized_at: string
  about: About
  pairs: string[]
  rules: Said
  model: Said | null
  person: Said | null
  label: Said | null
  score: number | null
  raised: boolean
  pack_hash: string
  rule_ids: string[]
}

export interface DisagreementList {
  items: Disagreement[]
  next: string | null
  waiting: Partial<Record<About, number>>
}

/** Weeks where days would be too many to tell apart. */
const WEEKS_FROM_DAYS = 60

export const quality = {
  figures: (days: number, pack: string | null) =>
    ask<QualityAnswer>('GET', `/quality${query({ days: String(days), every: days >= WEEKS_FROM_DAYS ? 'week' : 'day', pack: pack ?? undefined })}`),
  rules: (days: number, pack: string | null) => ask<RulesAnswer>('GET', `/quality/rules${query({ days: String(days), pack: pack ?? undefined })}`),
  disagreements: (cursor?: string) => ask<DisagreementList>('GET', `/quality/disagreements${query({ cursor })}`),
}
