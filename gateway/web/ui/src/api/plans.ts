// Response plans and what the dispatch core tells, as the gateway has them.

import { ask } from './client'

export interface PlanItem { item_id: string; kind: 'do' | 'tell'; zh: string; en: string; number: string }
export interface RunItem extends PlanItem { done: { by: string; at: string; note: string } | null }
interface Titled { code: string; title_zh: string; title_en: string; major: boolean }
interface Words { zh: string; en: string }
export type ReasonCode = 'nature' | 'veto' | 'priority' | 'injured' | 'calls'
export interface PlanReason extends Words { code: ReasonCode; value: string }
export interface Plan extends Titled { items: PlanItem[]; announcements: Words[] }
export interface Suggested { code: string; reasons: PlanReason[] }
export interface Run extends Titled {
  run_id: string
  rev: number
  call_id: string
  incident_id: string | null
  reasons: PlanReason[]
  started_at: string
  started_by: string
  ended_at: string | null
  ended_by: string | null
  note: string
  done: number
  items: RunItem[]
  announcements: Words[]
}
/** A run as every screen hears of it: `done` of `items`. */
export interface RunBrief extends Titled {
  run_id: string
  rev: number
  call_id: string
  incident_id: string | null
  started_at: string
  started_by: string
  done: number
  items: number
  over: boolean
}

export type AckState = 'none' | 'awaited' | 'acknowledged' | 'missing'
export type DispatchStep = 'instruction' | 'sign_off' | 'departure' | 'arrival' | 'feedback' | 'cancel'
export interface Instruction {
  instruction_id: string
  unit: string
  text: string
  step: DispatchStep
  issued_at: string | null
  signed_at: string | null
  departed_at: string | null
  arrived_at: string | null
  cancelled_at: string | null
  feedback: string
  feedback_at: string | null
  feedbacks: number
  unsigned: boolean
  /** That nobody signed it in time was told. */
  late: boolean
  signed_within_s: number | null
}
/** What the dispatch core has of a call. */
export interface Dispatched {
  ack: AckState
  since: string | null
  due_at: string | null
  acked_at: string | null
  acked_by: string
  missing_at: string | null
  instructions: Instruction[]
  forgotten: number
}
/** A line of the board. */
export interface DispatchLine { ack: AckState; instructions: number; unsigned: number; unsigned_since: string | null; step: DispatchStep | null }
/** What does not come from the dispatch core; `since` the alarm, or the instruction. */
export interface Waiting { kind: 'ack' | 'sign_off'; call_id: string; unit: string; instruction_id: string | null; since: string }

const run = (id: string) => `/plan-runs/${encodeURIComponent(id)}`
export const plansApi = {
  all: () => ask<{ plans: Plan[]; running: RunBrief[] }>('GET', '/plans'),
  ofCall: (id: string) => ask<{ suggested: Suggested[]; runs: Run[] }>('GET', `/calls/${encodeURIComponent(id)}/plans`),
  tick: (id: string, item_id: string, done: boolean) => ask<unknown>('POST', `${run(id)}/items`, { request_id: crypto.randomUUID(), item_id, done }),
  end: (id: string, note: string) => ask<unknown>('POST', `${run(id)}/end`, { request_id: crypto.randomUUID(), note }),
  waiting: () => ask<{ items: Waiting[] }>('GET', '/dispatch/waiting'),
}
