import { ask } from './client'
import type { Speaker } from './codes'

/** Who has a text call, and what of it waits. */
export interface TextShown {
  provider: string
  state: 'waiting' | 'claimed' | 'over'
  claimed_by: string | null
  position: string | null
  waiting_since: string | null
  due_at: string | null
  overdue: boolean
  /** When the newest message came that nobody has answered. */
  unanswered_since: string | null
  received: number
  written: number
  /** Answers that failed, or of which nobody knows. */
  undelivered: number
  /** There is a way back to the caller. */
  answerable: boolean
  /** As a text to the number, or back to the app. */
  answers_by: 'sms' | 'channel' | 'none'
}

export const TEXT_STATES = ['received', 'incomplete', 'queued', 'sent', 'delivered', 'read', 'failed', 'unknown'] as const
export type TextState = (typeof TEXT_STATES)[number]

export interface Attachment { digest: string; size_bytes: number; media_type: string; name: string }

export interface Message {
  speaker: Speaker
  index: number
  text: string
  sent_at: string
  by: string | null
  /** Parts of it that did not come. */
  missing: number[]
  attachments: Attachment[]
  state: TextState
  reason: string | null
}

export interface Thread {
  text: TextShown
  messages: Message[]
  /** Messages of which only some parts are there. */
  awaited: { there: number[]; of: number; since: string }[]
  /** A sender is configured. */
  sending: boolean
  max_chars: number
}

export const threadsApi = { of: (id: string) => ask<Thread>('GET', `/calls/${encodeURIComponent(id)}/text`) }
