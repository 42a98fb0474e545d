// Calls together: suggestions, incidents, repeat callers, floods, as the gateway tells them.

import { ask, query } from './client'
import type { AlarmClass, EndReason, Nature, VetoCode } from './codes'
import type { CallSummary, LatLon, Page } from './types'

export type FactKind =
  | 'injury' | 'weapon' | 'fire' | 'threat_to_life' | 'confined' | 'child' | 'suicide' | 'plate' | 'suspect' | 'direction'
export type FloodKind = 'one_ring' | 'same_number' | 'prefix' | 'source' | 'trunk'
export type IncidentStep = 'linked' | 'unlinked' | 'titled' | 'merged' | 'dissolved'

interface Both { zh: string; en: string }
export interface Suggestion {
  call_id: string
  score: number
  /** Very likely the same. */
  strong: boolean
  incident_id: string | null
  reasons: (Both & { code: string; value: string })[]
  call: CallSummary
}
export interface Fact {
  number: number
  kind: FactKind
  value: string
  quote: string
  call_id: string
  at: string
  by: string | null
}
export interface IncidentBrief {
  incident_id: string
  title: string
  rev: number
  calls: number
  opened_at: string
  surge_since: string | null
  over: boolean
  merged_into: string | null
  facts_told: number
}
export interface Repeat {
  count: number
  abandoned: number
  violence: number
  risks: (Both & { code: string })[]
  calls: {
    call_id: string
    seized_at: string
    end_reason: EndReason | null
    class: AlarmClass | null
    nature: Nature | null
    decided: { class: AlarmClass; nature: Nature } | null
    vetoes: VetoCode[]
    incident_id: string | null
  }[]
}
export interface Surge {
  incident_id: string
  title: string
  calls: number
  since: string | null
  nature: Nature
  questions: Both[]
}
/** What one call has to do with others. */
export interface Together {
  suggestions: Suggestion[]
  incident: (IncidentBrief & { new: Fact[]; facts: Fact[] }) | null
  surge: Surge | null
  repeat: Repeat | null
  suspicion: (Both & { kind: FloodKind; calls: number; at: string }) | null
  cleared: string | null
}
export interface IncidentLine {
  incident_id: string
  title: string
  opened_at: string
  touched_at: string
  calls: number
  over: boolean
  surge_since: string | null
  nature: Nature
  location: string | null
}
export interface IncidentCall {
  call: CallSummary
  spot: { wgs84: LatLon; gcj02: LatLon | null; radius_m: number; source: string } | null
  linked_at: string
  by: string
  score: number | null
  seen: number
}
export interface Incident extends IncidentBrief {
  touched_at: string
  nature: Nature
  surge: { since: string | null; recent: number; peak: number; begins_with: number; within_s: number; unlinked: string[] }
  facts: Fact[]
  history: { step: IncidentStep; at: string; by: string; call_id: string | null; note: string }[]
  members: IncidentCall[]
}
export interface Flood extends Both {
  kind: FloodKind
  key: string
  since: string
  seen_at: string
  ended_at: string | null
  calls: number
  numbers: number
  per_minute: number
}
export interface Floods {
  now: Flood[]
  past: Flood[]
  beyond: number
  reserved_seats: number
  ranked_in_queue: boolean
  suspected: number
}

export type RankedBy = 'number' | 'range' | 'source' | 'trunk'
export type Stands = 'behind' | 'turn' | 'talking' | 'over' | 'cleared'
export interface Rank {
  key: string
  calls: number
  numbers: number
  live: number
  last: string
  bins: number[]
}
export interface ShieldCall extends Both {
  call_id: string
  seized_at: string
  number: string | null
  kind: FloodKind | null
  key: string
  calls: number
  stands: Stands
  waited_ms: number
  cleared: string | null
}
/** What counts as a flood. */
export interface FloodLimits {
  one_ring_s: number
  one_ring_calls: number
  one_ring_within_s: number
  same_number_calls: number
  same_number_within_s: number
  range_numbers: number
  range_within_s: number
  source_calls: number
  source_within_s: number
  protected_after_s: number
}
export interface Shield {
  since: string
  until: string
  partly: boolean
  ranks: Record<RankedBy, { items: Rank[]; beyond: number }>
  calls: ShieldCall[]
  limits: FloodLimits
  order: 'pbx' | 'marked'
}

const one = (id: string) => `/incidents/${encodeURIComponent(id)}`
const post = (path: string, body: object) => ask<{ rev: number; incident_id: string | null }>('POST', path, { request_id: crypto.randomUUID(), ...body })

export const together = {
  ofCall: (id: string) => ask<Together>('GET', `/calls/${encodeURIComponent(id)}/suggestions`),
  incidents: (state: 'open' | 'all', cursor?: string) => ask<Page<IncidentLine>>('GET', `/incidents${query({ state, cursor })}`),
  incident: (id: string) => ask<Incident>('GET', one(id)),
  title: (id: string, title: string) => post(`${one(id)}/title`, { title }),
  merge: (id: string, into: string) => post(`${one(id)}/merge`, { into }),
  seen: (id: string, call_id: string, upto: number) => post(`${one(id)}/seen`, { call_id, upto }),
  unlink: (call: string, reason: string) => post(`/calls/${encodeURIComponent(call)}/unlink`, { reason }),
  shield: (hours: number) => ask<Shield>('GET', `/floods/suspects${query({ hours: String(hours) })}`),
  floods: () => ask<Floods>('GET', '/floods'),
}
