import { reactive } from 'vue'
import { ApiError, ask } from '../api/client'
import { page } from '../store/call'
import { may } from '../store/session'
import type { Words } from '../text'
import type { CardAction } from './model'
import { refusal } from '../format'

/** What the card shows beside the call itself. `said`: the answer to the last thing that was done, in the bar. */
export const card = reactive({
  side: 'call' as 'call' | 'events',
  said: null as { text: Words; wrong: boolean } | null,
  /** Ids of actions that are under way. */
  busy: [] as string[],
})

export function say(words: Words, wrong = false): void {
  card.said = { text: words, wrong }
}

export function clearCard(): void {
  Object.assign(card, { side: 'call', said: null })
}

export const offered = (action: CardAction): boolean => may(action.permission) && action.when?.() !== false

/** Does what a key or button asks for, once: pressing again while it is under way changes nothing. */
export async function perform(action: CardAction): Promise<void> {
  if (card.busy.includes(action.id) || !offered(action)) return
  const why = action.why?.()
  if (why) return say(() => action.why?.() ?? why, true)
  card.busy.push(action.id)
  card.said = null
  try {
    await action.run()
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    say(refusal(error), true)
  } finally {
    card.busy.splice(card.busy.indexOf(action.id), 1)
  }
}

/** request_ids of what was sent and never answered: sent again it must not be done twice. */
const unanswered = new Map<string, string>()

/** POSTs one action on the call of the page, `path` below it. Throws ApiError. */
export const act = <T>(path: string, body: object = {}): Promise<T> => actOn<T>(page.id ?? '', path, { expected_rev: page.call?.rev ?? null, ...body })

/** The same on any call. */
export async function actOn<T>(callId: string, path: string, body: object): Promise<T> {
  const call = `/calls/${encodeURIComponent(callId)}`
  const key = `${call}/${path} ${JSON.stringify({ ...body, expected_rev: null })}`
  const request_id = unanswered.get(key) ?? crypto.randomUUID()
  unanswered.set(key, request_id)
  try {
    const answer = await ask<T>('POST', `${call}/${path}`, { request_id, ...body })
    unanswered.delete(key)
    return answer
  } catch (error) {
    if (error instanceof ApiError && error.code !== 'unreachable') unanswered.delete(key)
    throw error
  }
}
