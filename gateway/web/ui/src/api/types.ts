// What the gateway's HTTP API v1 says. Times are ISO 8601 UTC, `_ms` counts from the moment the line was seized.

import type { Share } from './shared'
import type { Quiet } from './quiet'
import type { Task } from './tasks'
import type { TextShown } from './threads'
import type {
  AlarmClass, CallState, Department, EndReason, FieldName, HearingState, Nature, Partner, Priority, Releaser, Source, Speaker, VetoCode,
} from './codes'

import type { Handing } from './desk'
import type { Where } from './place'
import type { DispatchLine, Dispatched } from './plans'

export type Language = 'zh-CN' | 'en'

export interface Me {
  username: string
  display_name: string
  roles: string[]
  permissions: string[]
  position: string | null
  /** Whose work orders alone a user of that role sees. */
  department: string | null
  language: Language
  site: { name: string; demo: boolean; training: boolean; speech_demo_languages: string[] }
  server_time: string
}

export interface Transfer {
  kind: 'blind' | 'attended' | 'threeway' | 'redirect'
  target: string
  result: 'pending' | 'completed' | 'failed' | 'cancelled'
}

/** How one side is heard. `transcript` false: what is said now becomes no text; `unheard_ms`: owed from the recording. */
export interface Hearing {
  speaker: Speaker
  state: HearingState
  since: string
  reason: string | null
  transcript: boolean
  language: string | null
  unheard_ms: number
}

export interface CallSummary {
  call_id: string
  /** How it came: over the exchange, as text, or typed in without a call. */
  medium: 'voice' | 'text' | 'manual'
  state: CallState
  ani: string | null
  anonymous: boolean
  dialed: string | null
  agents: string[]
  ringing: string[]
  queue: string | null
  seized_at: string
  queued_at: string | null
  answered_at: string | null
  ended_at: string | null
  queue_wait_ms: number | null
  duration_ms: number | null
  end_reason: EndReason | null
  released_by: Releaser | null
  class: AlarmClass | null
  nature: Nature | null
  priority: Priority | null
  department: Department | null
  vetoes: VetoCode[]
  location: string | null
  district: string | null
  last_text: string | null
  last_speaker: Speaker | null
  speech: 'none' | 'wanted' | 'live' | 'dead'
  hearing: Hearing[]
  disposition: { class: AlarmClass; nature: Nature } | null
  /** Who closed the card, and when; null: it is open. */
  finished: { by: string; at: string } | null
  keeper: string | null
  /** Proposed questions that were put to the caller. */
  asked: string[]
  transfers: Transfer[]
  conference: boolean
  inferred: boolean
  /** Of a record without a call: how it came, who wrote it down. `late`: afterwards; it happened at `seized_at`. */
  manual?: { origin: string; by: string; entered_at: string; late: boolean; sheet: string | null } | null
  /** The record and the call that a person found to be the same. */
  same_as?: string | null
  /** The call for which this one was made: a part of its record. */
  part_of?: string | null
  test: boolean
  /** What the dispatch core has of it. */
  dispatch?: DispatchLine
  /** The incident a person linked it to. */
  incident: string | null
  /** How many other calls very likely tell of the same. */
  likely: number
  /** The kind of flood it looks like part of. */
  suspected: string | null
  /** The call-back that it left, hung up before anybody answered. */
  task?: Task | null
  /** The link that the caller was sent. */
  share?: Share | null
  /** Signs of a caller who says little, the prompt, the silent alarm. */
  quiet?: Quiet | null
  /** Of a text call: who has it, what waits. */
  text?: TextShown | null
  rev: number
}

/** One value of one field; the first of a field leads, more than one stand side by side. */
export interface Value {
  value: string
  source: Source
  confidence: number | null
  speaker: Speaker | null
  started_ms: number | null
  ended_ms: number | null
  segment_index: number | null
  confirmed_by: string | null
}

export type Fields = Partial<Record<FieldName, Value[]>>

export interface Card {
  rev: number
  fields: Fields
}

export interface Word {
  text: string
  started_ms: number
  ended_ms: number
  confidence: number
  /** What the recognizer itself had written where a hot word was put; empty otherwise. */
  heard?: string
}

/** `index` counts within the speaker. `gap`: filled in from the recording afterwards. */
export interface Segment {
  index: number
  speaker: Speaker
  started_ms: number
  ended_ms: number
  text: string
  words: Word[]
  final: boolean
  gap: boolean
  model_id: string
}

export interface PartialText {
  call_id: string
  speaker: Speaker
  text: string
  started_ms: number
}

/** Where in the words something was heard; `span` counts characters (code points) of the segment's text. */
export interface Heard {
  segment_index: number | null
  speaker: Speaker | null
  span: { start: number; end: number }
  quote: string
  started_ms: number
  ended_ms: number
}

export interface Finding extends Heard {
  rule_id: string
  /** Words of earlier utterances that it needs beside its own, the latest first. */
  further?: Heard[]
  /** The matter itself, or what kind of call it is: silence, a child, a pocket dial … */
  kind?: string
  weight?: number
  explanation_zh: string
  explanation_en: string
}

export interface Veto extends Heard {
  code: VetoCode
  partial: boolean
}

/** The statistical second opinion: pairs of code and probability, the likeliest first. */
export interface Opinion {
  model: string
  classes: [AlarmClass, number][]
  /** Given an alarm. */
  natures: [Nature, number][]
  /** Given that it is none. */
  departments: [Department, number][]
  known: number
  /** The words are of the kind it was taught with; else it moves nothing. */
  familiar?: boolean
  /** It made the rules' non-police unsure. */
  raised: boolean
  /** What the rules alone said, where it moved their verdict. */
  rules?: { alarm_class: AlarmClass; nature: Nature; department: Department | null } | null
}

export interface Assessment {
  class: AlarmClass
  nature: Nature
  nature_alternatives: [Nature, number][]
  priority: Priority
  department: Department | null
  department_alternatives?: [Department, number][]
  department_reason_zh: string | null
  department_reason_en: string | null
  partners: Partner[]
  findings: Finding[]
  next_question_zh: string | null
  next_question_en: string | null
  pack_hash: string
  basis: 'text' | 'no_text'
  opinion?: Opinion | null
}

export type PartName = 'mix' | 'rx' | 'tx'

export interface Recording {
  recording_id: string
  status: 'running' | 'stopped' | 'stored' | 'failed'
  fault: string | null
  /** When the recorder began, counted from the seizure; absent means at the seizure. */
  started_ms?: number | null
  parts: { part: PartName; seconds: number; size_bytes: number; sha256: string; repaired: boolean }[]
}

/** Which hearing a text comes from: while they spoke, or the whole recording heard again by the accurate model. */
export type Reading = 'live' | 'review'

/** Words of one place in which the two readings differ; either may be empty. */
export interface Change {
  started_ms: number
  ended_ms: number
  live: string
  review: string
}

/** One side's text: `basis` is the reading that verdict and card rest on; `difference`: share of characters, once reviewed. */
export interface TranscriptSide {
  speaker: Speaker
  basis: Reading
  model_ids: string[]
  gaps: [number, number][]
  gap_fault: string | null
  review_fault: string | null
  difference: number | null
  changes: Change[]
}

/** `other`: the segments of the reading that is not the basis, of sides that have two. */
export interface TranscriptInfo {
  basis: Reading
  sides: TranscriptSide[]
  other: Segment[]
}

export interface CallDetail extends Partial<Where> {
  handing?: Handing
  dispatch?: Dispatched
  call: CallSummary
  card: Card
  segments: Segment[]
  transcript: TranscriptInfo
  assessment: Assessment | null
  vetoes: Veto[]
  recordings: Recording[]
}

export interface CloudEvent {
  id: string
  type: string
  time: string
  callseq?: number
  siteseq?: number
  inferred?: boolean
  data: Record<string, unknown>
}

export interface Page<T> {
  items: T[]
  next: string | null
  server_time?: string
}

export type ServiceState = 'up' | 'degraded' | 'down'

export interface Service {
  name: string
  state: ServiceState
  since: string | null
  detail?: string | null
  fault_zh: string | null
  fault_en: string | null
  cure_zh: string | null
  cure_en: string | null
  figures?: Record<string, string | number | null>
}

export interface Health {
  state: ServiceState
  services: Service[]
  version: string
  started_at: string
  counts: { live_calls: number; queued: number; outbox_waiting: number; journal_seq: number }
}

/** Shares are 0 to 1, over facts that were heard and that people confirmed or corrected. */
export interface Accuracy {
  confirmed: number
  corrected: number
  field_accuracy: number
  character_accuracy: number
}

export interface AccuracyAnswer {
  since: string
  fields: number
  lines: (Accuracy & { engine: string; model: string; pbx: string; trunk: string; speaker: string })[]
  by_field: (Accuracy & { field: FieldName })[]
}

export type * from './place'
