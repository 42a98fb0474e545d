import { reactive } from 'vue'
import { api } from '../api/client'
import type {
  Assessment, CallSummary, Fields, Marker, PartialText, Recording, Segment, Service, Veto,
} from '../api/types'
import type { Second } from '../api/quiet'
import type { Handing, Position, Watcher } from '../api/desk'
import type { Run } from '../api/drill'
import type { Dispatched, RunBrief } from '../api/plans'
import type { TextShown } from '../api/threads'
import type { Wall } from '../api/wall'
import { now, setServerTime } from './time'

/** The gateway says something at least every 15 s; after this long without a word the link counts as lost. */
const SILENT_LIMIT_MS = 40_000
/** Waits between attempts to reconnect; the last one repeats for ever. */
const RETRY_MS = [500, 1000, 2000, 4000, 8000]

export interface News {
  hello: { server_time: string; boot_id: string }
  call: CallSummary
  card: { call_id: string; rev: number; fields: Fields }
  segment: { call_id: string; segment: Segment }
  partial: PartialText
  /** How the caller of the followed call sounds, a second or more at a time. */
  level: { call_id: string; seconds: Second[] }
  /** One side was heard again as a whole; the text is fetched anew. */
  review: { call_id: string }
  assessment: { call_id: string; assessment: Assessment }
  veto: { call_id: string; veto: Veto }
  recording: { call_id: string; recording: Recording }
  /** What is known of the call's place has changed; it is fetched anew. */
  location: { call_id: string }
  markers: { markers: Marker[] }
  /** The rulebook moved; it is fetched anew. */
  rules: unknown
  /** A back-test got on. */
  rule_test: { draft_id: string; done: number; of: number }
  /** A work order changed; it is fetched anew. */
  order: { order_id: string; rev: number; call_id: string | null }
  /** An incident moved; it is fetched anew. */
  incident: { incident_id: string; rev: number; over: boolean; calls: string[]; surge: boolean; facts: number }
  /** A flood began, grew or ended; it is fetched anew. */
  flood: { floods: number }
  /** Somebody sat down, got up, rests; or a phone rings, speaks, is free. */
  position: Position
  /** Who has the followed card open. */
  watchers: { call_id: string; watchers: Watcher[] }
  /** Hand-overs, call-backs and supervision of the followed call. */
  handing: { call_id: string; handing: Handing }
  /** A text call's thread moved; it is fetched anew. */
  thread: { call_id: string; text: TextShown | null }
  /** What the dispatch core has of the followed call. */
  dispatch: { call_id: string; dispatch: Dispatched }
  /** A response plan was started, ticked off or ended. */
  plan: RunBrief
  /** A run of the training began, moved or ended. */
  drill: Run
  /** A call-taker calls for a supervisor; supervisors alone hear it. */
  escalation: { call_id: string; by: string; position: string | null }
  /** The hall's big screen as a whole. */
  wall: Wall
  service: Service
  saving: { ok: boolean; since: string | null }
  ping: unknown
}
type Kind = keyof News
type Listener<K extends Kind> = (data: News[K]) => void

/** How the link to the gateway is: `lostSince` is null while it holds; `unsavedSince` while everything is saved. */
export const link = reactive({ lostSince: null as string | null, unsavedSince: null as string | null })

const listeners: { [K in Kind]?: Set<Listener<K>> } = {}
let source: EventSource | null = null
let followed: string | null = null
let attempt = 0
let heardAt = 0
let retry: ReturnType<typeof setTimeout> | undefined

/** Hears news of one kind until the returned function is called. */
export function listen<K extends Kind>(kind: K, listener: Listener<K>): () => void {
  const set = (listeners[kind] ??= new Set() as never) as Set<Listener<K>>
  set.add(listener)
  return () => set.delete(listener)
}

/** Opens the stream, with the words of one call when it is named. `hello` follows, and everything is fetched anew. */
export function follow(callId: string | null): void {
  followed = callId
  attempt = 0
  open()
}

export function stop(): void {
  clearTimeout(retry)
  source?.close()
  source = null
  link.lostSince = null
}

function open(): void {
  clearTimeout(retry)
  source?.close()
  const opened = new EventSource(`/api/v1/stream${followed ? `?call=${encodeURIComponent(followed)}` : ''}`)
  source = opened
  heardAt = Date.now()
  opened.onerror = () => lost(opened)
  for (const kind of KINDS) opened.addEventListener(kind, (event) => hear(kind, event.data))
}

const KINDS: readonly Kind[] = [
  'hello', 'call', 'card', 'segment', 'partial', 'level', 'review', 'assessment', 'veto', 'recording', 'location', 'markers', 'rules', 'rule_test', 'order', 'incident', 'flood',
  'position', 'watchers', 'handing', 'thread', 'dispatch', 'plan', 'drill', 'escalation', 'wall', 'service', 'saving', 'ping',
]

function hear(kind: Kind, raw: string): void {
  heardAt = Date.now()
  const data = raw ? JSON.parse(raw) : {}
  if (kind === 'hello') {
    attempt = 0
    link.lostSince = null
    setServerTime(data.server_time)
  }
  if (kind === 'saving') link.unsavedSince = data.ok ? null : (data.since ?? new Date(now.value).toISOString())
  for (const listener of listeners[kind] ?? []) (listener as Listener<Kind>)(data)
}

function lost(which: EventSource): void {
  if (which !== source) return
  which.close()
  link.lostSince ??= new Date(now.value).toISOString()
  clearTimeout(retry)
  retry = setTimeout(() => void reopen(which), RETRY_MS[Math.min(attempt++, RETRY_MS.length - 1)])
}

/** Asks first who sits here: a stream refused because the session is over looks like a broken link. */
async function reopen(broken: EventSource): Promise<void> {
  await api.me().catch(() => undefined)
  if (source === broken) open()
}

setInterval(() => {
  if (source && source.readyState !== EventSource.CLOSED && Date.now() - heardAt > SILENT_LIMIT_MS) lost(source)
}, 5000)
