import type { Heard, Segment, Veto } from './api/types'
import type { Placed } from './changes'

/** A stretch of a segment's text that is one word at most and marked evenly: what the page underlines, plays and lights. */
export interface Run {
  text: string
  /** Its sound; a stretch between words plays the segment. */
  started_ms: number
  ended_ms: number
  spoken: boolean
  finding: boolean
  veto: boolean
  /** What the recognizer itself had written where a hot word stands, else empty. */
  heard: string
  /** The other reading says something else here. */
  changed: boolean
  /** What it says, on the last stretch of the place; null elsewhere. Empty: it heard nothing there. */
  theirs: string | null
}

interface Stretch {
  start: number
  end: number
}

/** Cuts a segment's text at the edges of its words and of what was found in it. Positions count code points. */
export function runsOf(segment: Segment, findings: Heard[], vetoes: Heard[], changes: Placed[] = []): Run[] {
  const letters = [...segment.text]
  const words = placeWords(letters, segment)
  const found = findings.filter((heard) => isIn(heard, segment)).map((heard) => heard.span)
  const forbidden = vetoes.filter((heard) => isIn(heard, segment)).map((heard) => heard.span)
  const edges = new Set([0, letters.length])
  for (const { start, end } of [...words, ...found, ...forbidden, ...changes]) {
    edges.add(Math.min(start, letters.length)).add(Math.min(end, letters.length))
  }
  const cuts = [...edges].sort((a, b) => a - b)
  const runs = cuts.slice(1).map((end, i) => {
    const start = cuts[i]!
    const inside = (stretch: Stretch) => stretch.start <= start && end <= stretch.end
    const word = words.find(inside)
    return {
      text: letters.slice(start, end).join(''),
      started_ms: word?.started_ms ?? segment.started_ms,
      ended_ms: word?.ended_ms ?? segment.ended_ms,
      spoken: word !== undefined,
      finding: found.some(inside),
      veto: forbidden.some(inside),
      heard: word?.start === start ? word.heard : '',
      changed: changes.some(inside),
      theirs: changes.find((change) => change.start < change.end && change.end === end)?.theirs ?? null,
    }
  })
  return changes.filter(({ start, end }) => start === end).reduce((all, missed) => withMissed(all, missed, segment), runs)
}

/** The same for a written message. A danger found before it was whole has no place yet: it stands where its words are. */
export function markedRuns(segment: Segment, findings: Heard[], vetoes: Veto[]): Run[] {
  return runsOf(segment, findings, vetoes.flatMap((veto) => veto.partial && veto.segment_index !== segment.index ? found(veto, segment) : [veto]))
}

function found(veto: Veto, segment: Segment): Heard[] {
  const at = veto.speaker === segment.speaker && veto.quote ? segment.text.indexOf(veto.quote) : -1
  if (at < 0) return []
  const start = [...segment.text.slice(0, at)].length
  return [{ ...veto, segment_index: segment.index, span: { start, end: start + [...veto.quote].length } }]
}

/** Words that only the other reading has: a stretch without text of its own, at its place. */
function withMissed(runs: Run[], missed: Placed, segment: Segment): Run[] {
  let letters = 0
  const at = runs.findIndex((run) => letters >= missed.start || ((letters += [...run.text].length), false))
  const { started_ms, ended_ms } = segment
  const plain = { started_ms, ended_ms, spoken: false, finding: false, veto: false, heard: '' }
  const place = at < 0 ? runs.length : at
  return [...runs.slice(0, place), { ...plain, text: '', changed: true, theirs: missed.theirs }, ...runs.slice(place)]
}

export const isIn = (heard: Heard, segment: Segment): boolean =>
  heard.segment_index === segment.index && heard.speaker === segment.speaker

/** Where each word stands in the text; a word that is not in it (normalised numbers) has no place. */
export function placeWords(letters: string[], segment: Segment): (Stretch & { started_ms: number; ended_ms: number; heard: string })[] {
  let from = 0
  return segment.words.flatMap((word) => {
    const wanted = [...word.text]
    const start = letters.findIndex((_, i) => i >= from && wanted.every((letter, k) => letters[i + k] === letter))
    if (start < 0 || !wanted.length) return []
    from = start + wanted.length
    return [{ start, end: from, started_ms: word.started_ms, ended_ms: word.ended_ms, heard: word.heard ?? '' }]
  })
}
