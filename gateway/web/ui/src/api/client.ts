// The way to the gateway: JSON over HTTP, one error shape, a time limit on every question.

import type {
  AccuracyAnswer, CallDetail, CallSummary, CloudEvent, Health, Language, Marker, Me, Page, PartName, SiteMap,
} from './types'
import type { Write } from './desk'
import { ref } from 'vue'

/** A question unanswered after this long is given up, and the person is told; nothing is asked twice by itself. */
const ANSWER_WITHIN_MS = 10_000

/** What the gateway refused, in both languages (`format.ts` tells it); `unreachable` when it did not answer at all. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly zh: string = message,
    readonly en: string = message,
  ) {
    super(message)
  }
}

/** These are the pages of a training: every answer of its process says so. Nothing on them is real. */
export const training = ref(false)

let language: Language = 'zh-CN'

export function speak(to: Language): void {
  language = to
}

let onSignedOut = (): void => undefined

/** Whom to tell that the session is over (idle too long, ended elsewhere). */
export function whenSignedOut(tell: () => void): void {
  onSignedOut = tell
}

export async function ask<T>(method: string, path: string, body?: unknown, within_ms = ANSWER_WITHIN_MS): Promise<T> {
  let response: Response
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      headers: {
        'Accept-Language': language,
        ...(method === 'GET' ? {} : { 'X-Intake110': '1', 'Content-Type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(within_ms),
    })
  } catch {
    throw new ApiError(0, 'unreachable', '')
  }
  training.value = response.headers.has('X-Intake110-Training')
  if (response.status === 204) return undefined as T
  const answer = await response.json().catch(() => null)
  if (response.ok) return answer as T
  if (response.status === 401 && method !== 'POST') onSignedOut()
  const { code = 'unknown', message = `HTTP ${response.status}`, message_zh, message_en } = answer?.error ?? {}
  throw new ApiError(response.status, code, message, message_zh, message_en)
}

const call = (id: string) => `/calls/${encodeURIComponent(id)}`
export const query = (values: Record<string, string | undefined>) => {
  const given = Object.entries(values).filter((pair): pair is [string, string] => !!pair[1])
  return given.length ? `?${new URLSearchParams(given)}` : ''
}

export const api = {
  me: () => ask<Me>('GET', '/session'),
  signIn: (username: string, password: string, position: string, take_over: boolean) =>
    ask<Me>('POST', '/session', { username, password, ...(position ? { position, take_over } : {}) }),
  signOut: () => ask<void>('DELETE', '/session'),
  setLanguage: (to: Language) => ask<unknown>('PATCH', '/session', { language: to }),
  calls: (state: 'live' | 'ended', more: { cursor?: string; q?: string; limit?: string } = {}) =>
    ask<Page<CallSummary>>('GET', `/calls${query({ state, ...more })}`),
  call: (id: string) => ask<CallDetail>('GET', call(id)),
  events: (id: string, cursor?: string) => ask<Page<CloudEvent>>('GET', `${call(id)}/events${query({ cursor })}`),
  /** The same `request_id` is done once, however often it is sent. */
  write: (id: string, write: Write, expected_rev: number | null, request_id: string = crypto.randomUUID()) =>
    ask<{ outcome: string; rev: number }>('POST', `${call(id)}/requests`, { request_id, expected_rev, ...write }),
  peaks: (id: string, recording: string, part: PartName, n: number) =>
    ask<{ seconds: number; peaks: [number, number][] }>(
      'GET', `${call(id)}/recordings/${encodeURIComponent(recording)}/${part}/peaks?n=${n}`),
  audio: (id: string, recording: string, part: PartName) =>
    `/api/v1${call(id)}/recordings/${encodeURIComponent(recording)}/${part}`,
  health: () => ask<Health>('GET', '/health'),
  map: () => ask<SiteMap>('GET', '/map'),
  geojson: (address: string) => ask<object>('GET', address.replace('/api/v1', '')),
  markers: () => ask<Marker[]>('GET', '/map/markers'),
  accuracy: (days: number) => ask<AccuracyAnswer>('GET', `/speech/accuracy?days=${days}`),
}
