// The training (演练), as the gateway's training process has it.

import { ask } from './client'

export interface Scenario { code: string; title_zh: string; title_en: string; brief_zh: string; brief_en: string; language: 'zh' | 'en'; calls: number }
export interface Seat { position: string; username: string; display_name: string }
export type RunState = 'running' | 'paused' | 'done' | 'stopped' | 'broken_off'
export type Step = 'answer' | 'first_field' | 'location' | 'verdict' | 'dispatch'
export type CheckKind =
  | 'class' | 'nature' | 'department' | 'danger' | 'field' | 'hand_over' | 'never_hand_over' | 'call_back' | 'reassign' | 'linked'
/** One thing that was to be done. `by_person`: of a field, entered or confirmed, not left to the machine. */
export interface Check { what: CheckKind; name?: string; wanted: string[]; found: string; right: boolean; at_s: number | null; by_person?: boolean }
export interface Sheet {
  times: Record<Step, number | null>
  checks: Check[]
  asked: { field: string; question: string; asked: boolean }[]
  said: string[]
  right: number
  of: number
  percent: number
}
export interface Run {
  run_id: string
  scenario: string
  title_zh: string
  title_en: string
  position: string
  trainee: string
  trainer: string
  speed: number
  state: RunState
  started_at: string
  script_s: number
  lived_s: number
  calls: number
  ringing: boolean
  talking: boolean
  /** With whom the trainee speaks, or who rings. */
  call_id: string | null
  sheet?: Sheet | null
}
/** Over the finished runs of one trainee: right answers of the first and of the last five, in percent. */
export interface Progress { runs: number; percent_first: number | null; percent_last: number | null; times_last: Partial<Record<Step, number | null>> }
export type Act = 'say' | 'key' | 'sound' | 'hang_up'

const run = (id: string) => `/training/runs/${encodeURIComponent(id)}`
export const drillApi = {
  scenarios: () => ask<{ items: Scenario[]; seats: Seat[]; speeds: number[]; fault: string | null }>('GET', '/training/scenarios'),
  runs: () => ask<{ items: Run[]; progress: Record<string, Progress> }>('GET', '/training/runs'),
  start: (scenario: string, position: string, speed: number) => ask<Run>('POST', '/training/runs', { scenario, position, speed }),
  change: (id: string, to: { paused?: boolean; speed?: number }) => ask<Run>('PATCH', run(id), to),
  inject: (id: string, act: Act, text: string) => ask<Run>('POST', `${run(id)}/inject`, { act, text }),
  end: (id: string) => ask<Run>('POST', `${run(id)}/end`, {}),
  answer: (id: string) => ask<Run>('POST', `${run(id)}/answer`, {}),
  say: (id: string, text: string) => ask<Run>('POST', `${run(id)}/say`, { text }),
  hangUp: (id: string) => ask<Run>('POST', `${run(id)}/hang-up`, {}),
}
