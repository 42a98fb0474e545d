import { ask } from './client'

export type SoundKind = 'quiet' | 'breath' | 'taps' | 'voice'

/** One second of the caller's sound. `db`: its loudest moment, below full scale. */
export interface Second {
  at_ms: number
  db: number
  kind: SoundKind
  taps: number
}

/** The prompt "press 1 if you need the police and cannot speak"; `by` null: the PBX by itself. */
export interface Prompt {
  state: 'watching' | 'spoke' | 'asked' | 'playing' | 'played' | 'stopped' | 'failed'
  since: string
  by: string | null
  times: number
  running: boolean
}

/** Stands until a person ends it. */
export interface SilentAlarm {
  cause: 'key' | 'other_key' | 'taps' | 'code_word' | 'person'
  standing: boolean
  at: string
  key: string | null
  by: string | null
  seen_by: string | null
  seen_at: string | null
  ended_by: string | null
  ended_at: string | null
}

/** What a caller who says little has given as signs. `talking`: by the PBX's own detection. */
export interface Quiet {
  prompt: Prompt | null
  keys: { key: string; at: string }[]
  key_count: number
  taps: number
  talking: boolean | null
  talk_since: string | null
  alarm: SilentAlarm | null
}

export const quietApi = {
  sounds: (callId: string) => ask<{ quiet: Quiet | null; seconds: Second[] }>('GET', `/calls/${encodeURIComponent(callId)}/quiet`),
}
