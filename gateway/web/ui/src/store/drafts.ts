import { reactive } from 'vue'
import { api, ApiError } from '../api/client'
import type { Write } from '../api/desk'
import { listen } from './stream'

/** What somebody has written and the gateway has not. It outlives a broken link and a reloaded page (sessionStorage). */
export interface Draft {
  value: string
  /** The revision of the call that the writer saw when beginning. */
  rev: number
  /** Set once it was sent: sent again, it is not done twice. */
  request: { id: string; write: Write } | null
  /** `writing`: not sent; `sending`; `unsent`: sent and never answered, tried again by itself; `clash`: somebody wrote there before. */
  state: 'writing' | 'sending' | 'unsent' | 'clash'
}

const PREFIX = 'draft '
/** Refusals after which the same thing may be sent again without harm. */
const AGAIN = new Set(['unreachable', 'not_saved', 'busy', 'not_available'])
const AGAIN_EVERY_MS = 5_000

const keyOf = (callId: string, part: string) => `${callId} ${part}`
export const drafts = reactive(new Map<string, Draft>())

for (const name of Object.keys(sessionStorage)) {
  if (!name.startsWith(PREFIX)) continue
  const kept = JSON.parse(sessionStorage.getItem(name) ?? 'null') as Draft | null
  if (kept) drafts.set(name.slice(PREFIX.length), { ...kept, state: kept.state === 'sending' ? 'unsent' : kept.state })
}

export const draftOf = (callId: string, part: string): Draft | undefined => drafts.get(keyOf(callId, part))
export const unsentOf = (callId: string): number =>
  [...drafts].filter(([key, draft]) => key.startsWith(`${callId} `) && draft.state !== 'writing').length

export function keep(callId: string, part: string, value: string, rev: number): void {
  const known = draftOf(callId, part)
  put(keyOf(callId, part), { value, rev: known?.rev ?? rev, request: null, state: 'writing' })
}

export function drop(callId: string, part: string): void {
  drafts.delete(keyOf(callId, part))
  sessionStorage.removeItem(PREFIX + keyOf(callId, part))
}

/** Sends a draft; kept until the gateway has it. Throws what it refused: the words are still here. */
export async function send(callId: string, part: string, write: Write): Promise<void> {
  const draft = draftOf(callId, part)
  if (!draft || draft.state === 'sending') return
  const same = draft.request && JSON.stringify(draft.request.write) === JSON.stringify(write)
  const request = same && draft.request ? draft.request : { id: crypto.randomUUID(), write }
  await deliver(keyOf(callId, part), { ...draft, request, state: 'sending' })
}

/** The writer has seen the other entry: what is written goes on from the newest revision. */
export function rebase(callId: string, part: string, rev: number): void {
  const draft = draftOf(callId, part)
  if (draft) put(keyOf(callId, part), { ...draft, rev, request: null, state: 'writing' })
}

function put(key: string, draft: Draft): void {
  drafts.set(key, draft)
  sessionStorage.setItem(PREFIX + key, JSON.stringify(draft))
}

async function deliver(key: string, draft: Draft): Promise<void> {
  if (!draft.request) return
  put(key, { ...draft, state: 'sending' })
  try {
    await api.write(key.slice(0, key.indexOf(' ')), draft.request.write, draft.rev, draft.request.id)
    drafts.delete(key)
    sessionStorage.removeItem(PREFIX + key)
  } catch (error) {
    const code = error instanceof ApiError ? error.code : ''
    const state = AGAIN.has(code) ? 'unsent' : code === 'written_before' ? 'clash' : 'writing'
    put(key, { ...draft, request: state === 'unsent' ? draft.request : null, state })
    throw error
  }
}

/** What was never answered is sent again, in the order in which it was written; a refusal waits for its writer. */
async function again(): Promise<void> {
  for (const [key, draft] of [...drafts]) {
    if (draft.state === 'unsent') await deliver(key, draft).catch(() => undefined)
  }
}

listen('hello', () => void again())
listen('saving', ({ ok }) => void (ok && again()))
setInterval(() => void again(), AGAIN_EVERY_MS)
