import { ask } from './client'
import type { CallSummary, Recording, Segment } from './types'

/** How a record without a call came. */
export const ORIGINS = ['walk_in', 'radio', 'phone', 'outage'] as const
export type Origin = (typeof ORIGINS)[number]
/** Whom a desk rings for a call. */
export const WHOM = ['witness', 'partner', 'department', 'caller', 'other'] as const
export type Whom = (typeof WHOM)[number]

/** What a person writes down; times with their zone. */
export interface NewRecord {
  origin: Origin
  happened_at: string
  number: string | null
  place: string
  words: string
}

/** A record and a call at about the same time; of the same number, or the exchange knows none. */
export interface Match {
  call_id: string
  seized_at: string
  number: string | null
  by_number: boolean
  apart_s: number
}

/** A call that was made for this one: a part of its record. */
export interface Part {
  call: CallSummary
  number: string | null
  by: string | null
  whom: string
  outcome: string | null
  outcome_zh: string | null
  outcome_en: string | null
  recordings: Recording[]
  segments: Segment[]
}

const call = (id: string) => `/calls/${encodeURIComponent(id)}`

export const recordsApi = {
  enter: (request_id: string, record: NewRecord) => ask<{ call_id: string }>('POST', '/records', { request_id, ...record }),
  around: (id: string) => ask<{ matches: Match[]; parts: Part[] }>('GET', `${call(id)}/record`),
}

export const sheetUrl = (id: string, language: string): string => `/calls/${encodeURIComponent(id)}/sheet?lang=${language}`
