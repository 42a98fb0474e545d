import { computed, reactive } from 'vue'
import { ApiError } from '../api/client'
import { threadsApi, type Message, type Thread } from '../api/threads'
import { actOn } from '../card/state'
import { refusal, since } from '../format'
import { live, TEXT_LATE_MS } from './board'
import { page } from './call'
import { session } from './session'
import { listen } from './stream'
import { now } from './time'
import type { Words } from '../text'

/** Several news within a moment are one question. */
const NEWS_TOGETHER_MS = 150

/** The messages of the text call on the page; `at`: of which call. */
export const thread = reactive({ at: null as string | null, told: null as Thread | null, error: null as Words | null })

/** Text calls that nobody has: suspected ones last, then the longest wait first. */
export const waitingTexts = computed(() => live.value
  .filter((call) => call.text?.state === 'waiting')
  .sort((a, b) => Number(!!a.suspected) - Number(!!b.suspected) || (a.text?.waiting_since ?? '').localeCompare(b.text?.waiting_since ?? '')))

/** How many text calls somebody has. */
export const takenTexts = computed(() => live.value.filter((call) => call.text?.state === 'claimed').length)

/** Text calls that somebody has and has not answered for so long: who had them may have gone. */
export const leftAlone = computed(() => live.value
  .filter((call) => call.text?.state === 'claimed' && !!call.text.unanswered_since && since(call.text.unanswered_since, now.value) > TEXT_LATE_MS)
  .sort((a, b) => (a.text?.unanswered_since ?? '').localeCompare(b.text?.unanswered_since ?? '')))

export const isText = (): boolean => page.call?.medium === 'text'
export const isOurs = (): boolean => !!page.call?.text?.claimed_by && page.call.text.claimed_by === session.me?.username
export const failed = computed<Message | null>(() => thread.told?.messages.findLast((one) => one.state === 'failed' || one.state === 'unknown') ?? null)

export async function refreshThread(): Promise<void> {
  const id = page.id
  if (!id || !isText()) return
  try {
    const told = await threadsApi.of(id)
    if (page.id === id) Object.assign(thread, { at: id, told, error: null })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    thread.error = refusal(error)
  }
}

export const claimText = (callId: string): Promise<unknown> => actOn(callId, 'text/claim', { expected_rev: null })

let looking: ReturnType<typeof setTimeout> | undefined
export function lookSoon(): void {
  looking ??= setTimeout(() => {
    looking = undefined
    void refreshThread()
  }, NEWS_TOGETHER_MS)
}

listen('hello', () => lookSoon())
listen('thread', ({ call_id }) => {
  if (call_id === page.id) lookSoon()
})
