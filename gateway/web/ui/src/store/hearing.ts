import type { Speaker } from '../api/codes'
import type { CallSummary, Hearing } from '../api/types'
import { since } from '../format'
import { counts, live } from './board'
import { now } from './time'

/** A tap that has not come this long after it was asked for is told as missing, not as on its way. */
const NEVER_CAME_MS = 8_000
/** So much of an ended call unheard makes its verdict doubtful, as the gateway judges it. */
const DOUBT_MS = 8_000

/** How an ear is for the reader: `none` no transcript, `aside` only afterwards, `late` slow, `waits` coming. */
export type Ear = 'fine' | 'late' | 'aside' | 'waits' | 'none'

export const hearingOf = (call: CallSummary | null, speaker: Speaker): Hearing | null =>
  call?.hearing.find((each) => each.speaker === speaker) ?? null

export const neverCame = (hearing: Hearing): boolean =>
  hearing.state === 'wanted' && since(hearing.since, now.value) > NEVER_CAME_MS

export function earOf(hearing: Hearing | null): Ear {
  switch (hearing?.state) {
    case undefined: case 'live': case 'over': return 'fine'
    case 'behind': return 'late'
    case 'set_aside': return 'aside'
    case 'wanted': return neverCame(hearing!) ? 'none' : 'waits'
    default: return 'none'
  }
}

/** Why the verdict is in doubt: the caller is not heard, or much of what was said is not written down yet. */
export function callerUnheard(call: CallSummary | null): Hearing | null {
  const hearing = hearingOf(call, 'caller')
  if (!hearing) return null
  if (call?.state === 'ENDED') return hearing.unheard_ms >= DOUBT_MS ? hearing : null
  return ['none', 'aside'].includes(earOf(hearing)) ? hearing : null
}

/** Sides of live calls that are not heard as they should, counted for the hall. */
export function legs(ear: Ear): number {
  return live.value.filter(counts).flatMap((call) => call.hearing).filter((hearing) => earOf(hearing) === ear).length
}
