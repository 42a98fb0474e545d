import { computed, reactive, ref } from 'vue'
import { api } from '../api/client'
import type { CallSummary } from '../api/types'
import { since } from '../format'
import { may, session } from './session'
import { listen } from './stream'
import { now } from './time'

/** An ended call stays on its tile this long, marked, before the place may be given to another. */
const LINGER_MS = 8_000
/** Ended calls kept for the list under the board; older ones are on the page of ended calls. */
const ENDED_KEPT = 100
/** A call that waits longer than this is late (house target: 95 % answered within 10 s). */
export const LATE_MS = 10_000
/** The same for text calls (the hotline's promise for other media). */
export const TEXT_LATE_MS = 180_000

const calls = reactive(new Map<string, CallSummary>())
/** A live call keeps the place it got: a tile never moves under somebody's hand. */
const places = ref<(string | null)[]>([])
const leaving = new Map<string, number>()

/** Whether the gateway has told the board at least once. */
export const loaded = ref(false)

export const isWaiting = (call: CallSummary): boolean =>
  call.state === 'QUEUED' || call.state === 'RINGING' || call.state === 'SEIZED'
export const isMine = (call: CallSummary): boolean => {
  const desk = session.me?.position
  if (call.text) return !!desk && call.text.position === desk
  return !!desk && call.state !== 'ENDED' && (call.agents.at(-1) === desk || call.ringing.includes(desk))
}
export const waited = (call: CallSummary): number =>
  call.queue_wait_ms ?? since(call.queued_at ?? call.seized_at, call.ended_at ? Date.parse(call.ended_at) : now.value)
/** What the clock of a tile counts: the wait until it is answered, the talk from then on. */
export const counted = (call: CallSummary): number =>
  call.ended_at
    ? (call.duration_ms ?? 0)
    : since((isWaiting(call) ? call.queued_at : call.answered_at) ?? call.seized_at, now.value)
export const isLate = (call: CallSummary): boolean => isWaiting(call) && waited(call) > (call.medium === 'text' ? TEXT_LATE_MS : LATE_MS)

export const tiles = computed(() => places.value.map((id) => (id ? (calls.get(id) ?? null) : null)))
export const live = computed(() => [...calls.values()].filter((call) => call.state !== 'ENDED'))
export const ended = computed(() =>
  [...calls.values()].filter((call) => call.state === 'ENDED').sort((a, b) => endOf(b) - endOf(a)))
export const board = computed(() => [...calls.values()])
/** Rings at one's own desk now, and what one speaks with. */
export const ringingHere = computed(() => {
  const desk = session.me?.position
  return desk ? (live.value.find((call) => call.ringing.includes(desk)) ?? null) : null
})
export const spokenWith = computed(() =>
  live.value.find((call) => isMine(call) && call.medium !== 'text' && call.state === 'ANSWERED' && call.agents.at(-1) === session.me?.position) ?? null)
export const mine = computed(() => spokenWith.value ?? live.value.find(isMine) ?? null)

/** Calls that only test the line are shown, and counted nowhere. */
export const counts = (call: CallSummary): boolean => !call.test

export const figures = computed(() => {
  const real = live.value.filter(counts)
  const spoken = real.filter((call) => call.medium !== 'text')
  const waiting = spoken.filter(isWaiting)
  return {
    waiting: waiting.length,
    longest: Math.max(0, ...waiting.map(waited)),
    talking: spoken.filter((call) => call.state === 'ANSWERED').length,
    held: real.filter((call) => call.state === 'HELD' || call.state === 'TRANSFERRING').length,
    urgent: real.filter((call) => call.priority === 1).length,
    unsettled: ended.value.filter((call) => counts(call) && !call.disposition).length,
  }
})

export function put(call: CallSummary): void {
  const known = calls.get(call.call_id)
  if (known && known.rev > call.rev) return
  calls.set(call.call_id, call)
  if (call.state !== 'ENDED') seat(call.call_id)
  else if (places.value.includes(call.call_id) && !leaving.has(call.call_id)) leaving.set(call.call_id, Date.now())
}

/** Fetches the live calls and the last ended ones; what came meanwhile by the stream and is newer stays. */
export async function refresh(): Promise<void> {
  const before = [...calls.values()].filter((call) => call.state !== 'ENDED').map((call) => call.call_id)
  const [alive, over] = await Promise.all([api.calls('live', { limit: '200' }), api.calls('ended', { limit: String(ENDED_KEPT) })])
  const told = new Set([...alive.items, ...over.items].map((call) => call.call_id))
  for (const id of before) if (!told.has(id)) forget(id)
  for (const call of [...alive.items].sort((a, b) => Date.parse(a.seized_at) - Date.parse(b.seized_at))) put(call)
  for (const call of over.items) put(call)
  loaded.value = true
}

export function clear(): void {
  calls.clear()
  places.value = []
  leaving.clear()
  loaded.value = false
}

const endOf = (call: CallSummary): number => Date.parse(call.ended_at ?? call.seized_at)

function seat(id: string): void {
  if (places.value.includes(id)) return
  const free = places.value.indexOf(null)
  if (free < 0) places.value.push(id)
  else places.value[free] = id
}

function forget(id: string): void {
  calls.delete(id)
  leaving.delete(id)
  const place = places.value.indexOf(id)
  if (place >= 0) places.value[place] = null
}

function tidy(): void {
  for (const [id, at] of leaving) {
    if (Date.now() - at < LINGER_MS) continue
    leaving.delete(id)
    const place = places.value.indexOf(id)
    if (place >= 0) places.value[place] = null
  }
  for (const call of ended.value.slice(ENDED_KEPT)) if (!places.value.includes(call.call_id)) calls.delete(call.call_id)
}

listen('call', put)
listen('hello', () => may('see_board') && void refresh().catch(() => undefined))
setInterval(tidy, 1000)
