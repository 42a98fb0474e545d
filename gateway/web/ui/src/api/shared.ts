import { ask } from './client'

export const LINK_STATES = ['asked', 'sent', 'unsent', 'unknown', 'opened', 'expired', 'revoked'] as const
export type LinkState = (typeof LINK_STATES)[number]

/** The newest link that the caller was sent, and what came over all of them. */
export interface Share {
  link: number
  state: LinkState
  by: string
  asked_at: string
  expires_at: string
  delivery: 'delivered' | 'failed' | 'expired' | null
  fault: string | null
  texts: number
  pictures: number
  positions: number
}

export interface SharedItem {
  kind: 'text' | 'picture'
  at: string
  link: number
  text: string | null
  digest: string | null
  size_bytes: number | null
  width: number | null
  height: number | null
  latitude: number | null
  longitude: number | null
  viewed_by: string[]
  /** Its bytes are served to this reader now. */
  opened: boolean
}

export interface Shared {
  share: Share | null
  /** Whether a link can be sent: where to, what is missing, what must be confirmed. */
  sending: { number: string | null; missing: 'no_sender' | 'no_page' | 'no_number' | null; doubts: ('betrays' | 'withheld' | 'landline')[]; left: number }
  items: SharedItem[]
}

const call = (id: string) => `/calls/${encodeURIComponent(id)}`
/** `model_id` of what the caller wrote over the link: no recognizer heard it, no sound belongs to it. */
export const WRITTEN = 'caller-text'
export const sharedApi = { of: (id: string) => ask<Shared>('GET', `${call(id)}/shared`) }
export const pictureUrl = (id: string, digest: string, size: 'view' | 'thumb' | 'original'): string => `/api/v1${call(id)}/pictures/${digest}/${size}`
