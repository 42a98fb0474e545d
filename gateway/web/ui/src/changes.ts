import type { Speaker } from './api/codes'
import type { Change, Reading, Segment } from './api/types'
import { placeWords } from './runs'

/** A place of a segment where the other reading says something else: `start` = `end` where it alone heard words. */
export interface Placed {
  start: number
  end: number
  theirs: string
}

/** A change is looked for this many letters before the place that the times give: recognizers differ in them. */
const SLACK = 4

export const keyOf = (segment: { speaker: Speaker; index: number }): string => `${segment.speaker}${segment.index}`

/** Every change of one side laid into the segment of the shown reading in which it stands. */
export function placeChanges(segments: Segment[], changes: Change[], shown: Reading): Map<string, Placed[]> {
  const placed = new Map<string, Placed[]>()
  for (const change of [...changes].sort((a, b) => a.started_ms - b.started_ms)) {
    const home = nearest(segments, change)
    if (!home) continue
    const mine = shown === 'live' ? change.live : change.review
    const theirs = (shown === 'live' ? change.review : change.live).trim()
    const before = placed.get(keyOf(home)) ?? []
    const at = place(home, change, mine.trim(), before.at(-1)?.end ?? 0)
    placed.set(keyOf(home), [...before, { ...at, theirs }])
  }
  return placed
}

function nearest(segments: Segment[], change: Change): Segment | undefined {
  const far = (s: Segment) => Math.max(s.started_ms - change.ended_ms, change.started_ms - s.ended_ms)
  return segments.reduce<Segment | undefined>((best, s) => (best && far(best) <= far(s) ? best : s), undefined)
}

function place(segment: Segment, change: Change, mine: string, from: number): { start: number; end: number } {
  const letters = [...segment.text]
  const words = placeWords(letters, segment)
  const middle = (change.started_ms + change.ended_ms) / 2
  if (!mine) {
    const next = words.find((word) => (word.started_ms + word.ended_ms) / 2 >= middle)
    const at = Math.max(from, next?.start ?? (words.length || middle > segment.started_ms ? letters.length : 0))
    return { start: at, end: at }
  }
  const first = words.find((word) => word.ended_ms > change.started_ms)?.start ?? 0
  const wanted = [...mine]
  const start = letters.findIndex((_, i) => i >= Math.max(from, first - SLACK) && wanted.every((letter, k) => letters[i + k] === letter))
  if (start >= 0) return { start, end: start + wanted.length }
  // The words run over the edge of the segment: what sounds in that time is marked.
  const inside = words.filter((word) => word.started_ms < change.ended_ms && word.ended_ms > change.started_ms)
  return { start: Math.max(from, inside[0]?.start ?? letters.length), end: Math.max(from, inside.at(-1)?.end ?? letters.length) }
}
