// What the rule workshop asks and is told. A pack is named by the hash of all its files.

import { ask, query } from './client'
import type { AlarmClass, Department, Nature, Speaker, VetoCode } from './codes'
import type { Assessment, Veto } from './types'

export type DraftStatus = 'editing' | 'submitted' | 'sent_back' | 'approved' | 'shadow'

export interface Approval {
  by: string
  at: string
}

/** What a pack holds, by its hashes: of all its files, of the rules, of the veto lists. */
export interface Content {
  hash: string
  pack_hash: string
  veto_hash: string
}

/** The outcome of a back-test of one content against one active pack. `agreement`: share of texts judged as the truth has it. */
/** One veto code on the veto corpus, by the draft's lists; `active`: by those of the active pack. */
export interface VetoCoverage {
  code: VetoCode
  sentences: number
  fired: number
  missed: number
  active: number
}

export interface BackTestSummary {
  run_id: string
  hash: string
  base: string
  at: string
  by: string
  calls: number
  texts: number
  missed: number
  vetoes: number
  vetoes_missed: number
  flipped: number
  agreement: number
  /** Hash of the second opinion that judged beside both packs; `caught`: alarms that it alone kept from being judged non-police. */
  opinion: string | null
  caught: number
  veto_codes: VetoCoverage[]
  /** Still of this content against the active pack. */
  valid: boolean
}

/** A request that could be made. `refused` null: the reader may make it now, else why not (`forbidden`: not this reader). */
export interface Way {
  type: RequestType
  refused: string | null
  text_zh: string | null
  text_en: string | null
}

/** One change on its way. `stale`: another pack is active since it was begun. */
export interface Draft {
  draft_id: string
  note: string
  authors: string[]
  base: string
  stale: boolean
  content: Content
  changed: string[]
  touches_veto: boolean
  status: DraftStatus
  opened_at: string
  changed_at: string
  approvals: Approval[]
  approvals_needed: number
  sent_back: string | null
  sent_back_by: string | null
  testing: string | null
  /** Of the back-test under way, 0 to 1. */
  progress: number | null
  test: BackTestSummary | null
  test_fault: string | null
  shadow_since: string | null
  ways: Way[]
}

/** A pack that judges or judged; `version` counts the site's packs. */
export interface Pack {
  version: number | null
  content: Content
  at: string
  by: string
  note: string
  authors: string[]
  approvals: Approval[]
  draft_id: string | null
}

/** `running`: hash of what judges; another one than `active` only when that cannot be used, as `fault` says. */
export interface Rulebook {
  rev: number
  active: Pack | null
  previous: Pack | null
  running: string
  stack: Pack[]
  shadow: string | null
  drafts: Draft[]
  folder: { hash: string; differs: boolean }
  roll_back: Way
  fault: string | null
}

/** Texts by name; null takes a file out. */
export type Files = Record<string, string>
/** Files that differ from a content's; null: the file goes. */
export type Written = Record<string, string | null>

export interface Problem {
  file: string
  line: number
  column: number | null
  severity: 'error' | 'warning'
  rule_id: string | null
  what_zh: string
  what_en: string
  cure_zh: string
  cure_en: string
}

export interface Turn {
  speaker: Speaker
  text: string
}

export interface Judged extends Assessment {
  vetoes: Veto[]
}

/** Words judged by the shown content; `active` null: by the same. `utterances`: what the findings' spans count in. */
export interface Tried {
  hash: string
  utterances: { segment_index: number; speaker: Speaker; text: string; started_ms: number; ended_ms: number }[]
  assessment: Judged
  active: Judged | null
  flipped: boolean
  took_ms: number
}

export interface JudgedAs {
  class: AlarmClass
  nature: Nature
  department: Department | null
  vetoed: boolean
}

/** One text judged otherwise than by the active pack, or missed. `truth` null: nobody said what it was. */
export interface Flip {
  name: string
  call_id: string | null
  text: string
  truth: JudgedAs | null
  source: 'person' | 'corpus' | 'active'
  active: JudgedAs
  draft: JudgedAs
  missed: boolean
}

/** So many texts that are `truth` and of which active pack or draft says `said`; empty: no code. */
export interface Cell {
  truth: string
  said: string
  active: number
  draft: number
}

export interface Speed {
  ms_a_text: number
  texts_a_s: number
}

/** `texts` counts the calls too; `flips` is one page of `flips_kept`, missed alarms first; `flipped` counts all. */
export interface BackTestReport {
  run_id: string
  at: string
  texts: number
  calls: number
  decided: number
  classes: Cell[]
  natures: Cell[]
  departments: Cell[]
  agreement: number
  agreement_active: number
  missed: number
  flipped: number
  flips_kept: number
  flips: Flip[]
  vetoes: number
  vetoes_missed: number
  /** Sentences on which a veto stays quiet. */
  quiet: { name: string; text: string; vetoes: VetoCode[] }[]
  speed: Speed
  speed_active: Speed
  truncated: boolean
  faults: string[]
}

/** The pack in shadow beside the active one on live calls. */
export interface ShadowReport {
  pack: string | null
  since: string | null
  calls: number
  flipped: number
  left_out: number
  failed: number
  agreement: { what: 'class' | 'nature' | 'department'; active: string; shadow: string; calls: number }[]
  flips: { call_id: string; at: string; text: string; active: JudgedAs; shadow: JudgedAs }[]
}

/** One step as journaled. */
export interface HistoryEntry {
  seq: number
  at: string
  type: string
  actor: string | null
  draft_id: string | null
  data: { note?: string | null; name?: string; reason?: string | null; content?: Content; summary?: { missed: number; vetoes_missed: number; flipped: number } }
}

export interface RuleRequests {
  OpenDraft: { draft_id: string; origin: string; files: Written; note: string }
  EditDraft: { draft_id: string; files?: Written; note?: string; expected_hash?: string; take_over?: boolean }
  WithdrawDraft: { draft_id: string }
  StartBackTest: { draft_id: string }
  SubmitDraft: { draft_id: string }
  ApproveDraft: { draft_id: string; hash: string }
  SendBackDraft: { draft_id: string; reason: string }
  StartShadow: { draft_id: string }
  StopShadow: { draft_id: string }
  ActivateDraft: { draft_id: string; reason: string }
  RollBack: { reason: string }
}
export type RequestType = keyof RuleRequests
export type RuleRequest = { [K in RequestType]: { type: K; data: RuleRequests[K] } }[RequestType]

export interface RuleAnswer {
  rev: number
  draft_id: string | null
  hash: string | null
  /** Files that both sides had changed when the draft was put onto another pack; the draft's own stand. */
  conflicts: string[]
}

/** A whole pack is compiled: that takes longer than reading, and waits its turn behind real calls. */
const COMPILED_WITHIN_MS = 60_000

const pack = (name: string) => `/rules/packs/${encodeURIComponent(name)}`

async function files(hash: string): Promise<Files> {
  const { files: listed } = await ask<{ files: { name: string }[] }>('GET', pack(hash))
  const read = listed.map(({ name }) => ask<{ text: string }>('GET', `${pack(hash)}/file${query({ name })}`).then(({ text }) => [name, text] as const))
  return Object.fromEntries(await Promise.all(read))
}

export const rules = {
  book: () => ask<Rulebook>('GET', '/rules'),
  files,
  /** How often each rule spoke in the last days, by its id. */
  fired: async (name: string, days: number): Promise<Record<string, number>> => {
    const tree = await ask<{ rules: { id: string; fired: number }[] }>('GET', `${pack(name)}/tree?days=${days}`)
    return Object.fromEntries(tree.rules.map((rule) => [rule.id, rule.fired]))
  },
  validate: (base: string, written: Written) => ask<{ problems: Problem[] }>('POST', '/rules/validate', { base, files: written }, COMPILED_WITHIN_MS),
  tryOut: (base: string, written: Written, said: { turns: Turn[] } | { call_id: string }) => ask<Tried>('POST', '/rules/try', { pack: base, files: written, ...said }, COMPILED_WITHIN_MS),
  request: (request: RuleRequest, expected_rev: number | null) =>
    ask<RuleAnswer>('POST', '/rules/requests', { request_id: crypto.randomUUID(), expected_rev, ...request }, COMPILED_WITHIN_MS),
  backTest: (draft_id: string, offset = 0) => ask<BackTestReport>('GET', `/rules/drafts/${encodeURIComponent(draft_id)}/test?limit=100&offset=${offset}`),
  shadow: (hash: string) => ask<ShadowReport>('GET', `/rules/shadow${query({ pack: hash, limit: '100' })}`),
  history: (before?: number) => ask<{ items: HistoryEntry[]; next: number | null }>('GET', `/rules/history${query({ before: before === undefined ? undefined : String(before) })}`),
}
