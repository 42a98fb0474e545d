import { ask } from './client'
import type { AlarmClass, Department, FieldName, Nature, Partner, VetoCode } from './codes'
import type { Datum, Me } from './types'

// What people at the desks ask and see: writes on a card, positions, hand-overs, the directory.

export interface Decision {
  class: AlarmClass
  nature: Nature
  department: Department | null
  note: string
}

/** A person's write; the gateway answers the same `request_id` with the same answer. */
export type Write =
  | { type: 'SetDisposition' | 'LabelCall' | 'FinishCall'; data: Decision }
  | { type: 'ReopenCall'; data: { reason: string } }
  | { type: 'MarkAsked'; data: { question: string } }
  | { type: 'PassCard'; data: { to: string; note: string } }
  | { type: 'SetCardField' | 'ConfirmCardField'; data: { name: FieldName; value: string } }
  | { type: 'OpenRecording'; data: { recording_id: string; purpose: string } }
  | { type: 'SetPosition'; data: { location_id: string } | { latitude: number; longitude: number; datum: Datum; uncertainty_m: number; note?: string } }
  | { type: 'WithdrawPosition'; data: { location_id: string } }
  | { type: 'RefreshLocation'; data: Record<string, never> }

// ---- positions

export const PRESENCES = ['idle', 'ringing', 'busy', 'wrap_up', 'paused', 'away', 'unreachable'] as const
export type Presence = (typeof PRESENCES)[number]
/** Why a desk rests; the PBX gets the code. */
export const PAUSE_REASONS = ['rest', 'meal', 'paperwork', 'training', 'relief'] as const
export type PauseReason = (typeof PAUSE_REASONS)[number]

/** `order`: a pause that the PBX has not confirmed, or refused (`fault`). `wrapping`: ended calls whose cards are open. */
export interface Position {
  position: string
  name: string
  pbx: string | null
  state: Presence
  since: string | null
  reason: string | null
  user: string | null
  display_name: string | null
  seated_at: string | null
  wrapping: string[]
  order: { paused: boolean; reason: string; by: string; fault: string | null } | null
}

/** What was left at shift change for whoever sits there next. */
export interface ShiftNote {
  position: string
  by: string
  at: string
  text: string
  calls: string[]
}

export interface Watcher {
  user: string
  display_name: string
  position: string | null
}

// ---- hand-over

export const HANDOVER_KINDS = ['blind', 'attended', 'threeway'] as const
export type HandOverKind = (typeof HANDOVER_KINDS)[number]

interface Told {
  n: number
  state: string
  by: string
  at: string
  changed_at: string
  why: string | null
  why_zh: string | null
  why_en: string | null
}

export interface Referral extends Told {
  kind: HandOverKind
  target: string
  number: string
  target_kind: string
  fault_zh: string | null
  fault_en: string | null
  dangers: VetoCode[]
  may_complete: boolean
  may_cancel: boolean
}

/** How far a take-over has come; `failed`: nothing has changed for the caller. */
export type TakingStep = 'room' | 'rings' | 'entering' | 'yours' | 'released' | 'not_released' | 'failed'

/** A supervisor in the call. `step`: of a take-over alone; `there`: the positions that are with the caller now. */
export interface Supervision extends Told {
  kind: string
  position: string
  step: TakingStep | null
  there: string[]
  release_zh: string | null
  release_en: string | null
}

/** All that moves people in one call. `proposed`: partners to call in at once; `desk`: who can pass the caller on. */
export interface Handing {
  dangers: VetoCode[]
  proposed: Partner[]
  desk: string | null
  in_room: boolean
  outgoing: boolean
  callback_of: string | null
  callback_number: string | null
  referrals: Referral[]
  callbacks: (Told & { number: string; position: string; call: string | null; whom?: string })[]
  supervisions: Supervision[]
}

export interface Entry {
  code: string
  kind: string
  name_zh: string
  name_en: string
  dial: string
  numbers: string[]
  duties_zh: string | null
  duties_en: string | null
  hours: string[]
  open: boolean
  opening: string
  until: string | null
  holiday_zh: string | null
  holiday_en: string | null
  duty: { number: string; who_zh: string | null; who_en: string | null } | null
  instead: string | null
}

const uuid = () => crypto.randomUUID()

export const desks = {
  positions: () => ask<{ items: Position[]; notes: ShiftNote[] }>('GET', '/positions'),
  sit: (position: string | null, take_over: boolean) =>
    ask<Me>('PUT', '/session/position', { request_id: uuid(), position, take_over }),
  pause: (position: string, paused: boolean, reason: string) =>
    ask<unknown>('POST', `/positions/${encodeURIComponent(position)}/pause`, { request_id: uuid(), paused, reason }),
  handOver: (request_id: string, to: string, note: string, calls: string[]) =>
    ask<{ not_passed: Record<string, string> }>('POST', '/session/position/handover', { request_id, to, note, calls }),
  noteRead: () => ask<unknown>('POST', '/session/position/note-read', { request_id: uuid() }),
  directory: () => ask<{ items: Entry[]; supervisors: string[]; fault: string | null }>('GET', '/directory'),
}
