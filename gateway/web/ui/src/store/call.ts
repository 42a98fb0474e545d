import { reactive, toRaw } from 'vue'
import { api, ApiError } from '../api/client'
import type { Handing, Watcher, Write } from '../api/desk'
import type { Dispatched } from '../api/plans'
import type { FieldName, Speaker } from '../api/codes'
import type {
  Assessment, CallDetail, CallSummary, CloudEvent, Fields, PartialText, Reading, Recording, Segment, TranscriptInfo, Veto, Where,
} from '../api/types'
import { listen } from './stream'
import { refusal } from '../format'
import type { Words } from '../text'

/** A live call changes every second; a write refused as stale is tried again this often while what it changes is as shown. */
const STALE_TRIES = 4
const NEWS_TOGETHER_MS = 150
/** Grey text that neither grows nor becomes final for this long is taken away: the recognizer has dropped it. */
const PARTIAL_STANDS_MS = 8_000

function nowhere(): Where {
  return { locations: [], leading_location: null, leading_reason: null, conflicts: [], description: null, queries: [], trail: [], additional: [] }
}

/** The call on the page. `missing`: there is none by this id; `events` is read when somebody asks for it. */
export const page = reactive({
  id: null as string | null,
  call: null as CallSummary | null,
  rev: 0,
  fields: {} as Fields,
  segments: [] as Segment[],
  transcript: null as TranscriptInfo | null,
  /** The reader looks at the text on which the card does not rest. */
  showsOther: false,
  partials: {} as Partial<Record<Speaker, PartialText>>,
  assessment: null as Assessment | null,
  vetoes: [] as Veto[],
  recordings: [] as Recording[],
  where: nowhere(),
  handing: null as Handing | null,
  dispatch: null as Dispatched | null,
  /** Who has this card open, oneself too. */
  watchers: [] as Watcher[],
  events: [] as CloudEvent[],
  eventsNext: null as string | null,
  missing: false,
  error: null as Words | null,
})

/** A recognizer moves words by less than this between its grey and its final text. */
const SAME_WORDS_MS = 2_000

let assessed = 0
let handed = 0

/** Turns the page to another call; the stream's `hello` makes it fetch. */
export function turnTo(id: string | null): void {
  Object.assign(page, {
    id, call: null, rev: 0, fields: {}, segments: [], transcript: null, showsOther: false, partials: {}, assessment: null, vetoes: [], recordings: [], where: nowhere(), handing: null, dispatch: null, watchers: [],
    events: [], eventsNext: null, missing: false, error: null,
  })
}

/** Fetches the whole call and lays it under what the stream has told meanwhile, so that nothing newer is lost. */
export async function refreshCall(): Promise<void> {
  const id = page.id
  if (!id) return
  const before = { assessed, handed }
  const told: Segment[] = []
  const stopTelling = listen('segment', ofThis(({ segment }) => told.push(segment)))
  try {
    const detail = await api.call(id)
    if (page.id !== id) return
    if (!page.call || detail.call.rev >= page.call.rev) page.call = detail.call
    if (detail.card.rev >= page.rev) Object.assign(page, { rev: detail.card.rev, fields: detail.card.fields })
    layTexts(detail, told)
    detail.vetoes.forEach(addVeto)
    detail.recordings.forEach(putRecording)
    if (assessed === before.assessed) page.assessment = detail.assessment
    page.where = whereOf(detail)
    if (handed === before.handed) page.handing = detail.handing ?? null
    page.dispatch = detail.dispatch ?? null
    Object.assign(page, { missing: false, error: null })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    page.missing = error.status === 404 || error.status === 403
    page.error = refusal(error)
  } finally {
    stopTelling()
  }
}

export async function moreEvents(fromStart: boolean): Promise<void> {
  if (!page.id) return
  const answer = await api.events(page.id, fromStart ? undefined : (page.eventsNext ?? undefined))
  page.events = fromStart ? answer.items : [...page.events, ...answer.items]
  page.eventsNext = answer.next
}

/** Sends a person's decision. `unchanged` says whether what it would change still is as the person saw it. */
export async function write(request: Write, unchanged: () => boolean): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    if (!page.id || !page.call) return
    try {
      await api.write(page.id, request, page.call.rev)
      return await refreshCall()
    } catch (error) {
      const stale = error instanceof ApiError && error.code === 'stale_rev'
      if (!stale) throw error
      await refreshCall()
      if (attempt >= STALE_TRIES || !unchanged()) throw error
    }
  }
}

/** Writes or confirms one field of the card. */
export function writeField(type: 'SetCardField' | 'ConfirmCardField', name: FieldName, value: string): Promise<void> {
  const shown = JSON.stringify(page.fields[name])
  return write({ type, data: { name, value } }, () => JSON.stringify(page.fields[name]) === shown)
}

/** The reading on which the card rests, of one side. */
export const basisOf = (speaker: Speaker): Reading =>
  page.transcript?.sides.find((side) => side.speaker === speaker)?.basis ?? 'live'

/** The fetched text; `told` came by the stream meanwhile. Readings are numbered apart: when a side turns to another one, its text is laid anew. */
function layTexts(detail: CallDetail, told: Segment[]): void {
  const turned = detail.transcript.sides.some((side) => side.basis !== basisOf(side.speaker))
  if (turned) page.segments = []
  page.transcript = detail.transcript
  detail.segments.forEach(addSegment)
  if (turned) told.forEach(hearSegment)
}

/** A segment of the live hearing; where the card rests on the review it belongs to the other text. */
function hearSegment(segment: Segment): void {
  if (basisOf(segment.speaker) === 'live') return addSegment(segment)
  const other = page.transcript?.other
  if (other && !other.some((s) => s.speaker === segment.speaker && s.index === segment.index)) other.push(segment)
}

function addSegment(segment: Segment): void {
  const same = page.segments.findIndex((s) => s.speaker === segment.speaker && s.index === segment.index)
  if (same >= 0) page.segments[same] = segment
  else {
    const later = page.segments.findLastIndex((s) => s.started_ms <= segment.started_ms)
    page.segments.splice(later + 1, 0, segment)
  }
  const partial = page.partials[segment.speaker]
  if (partial && partial.started_ms < segment.ended_ms) delete page.partials[segment.speaker]
}

function addVeto(veto: Veto): void {
  // The same words heard while they were grey and again when final are one line, the final one.
  const near = (v: Veto) => Math.abs(v.started_ms - veto.started_ms) < SAME_WORDS_MS
  const same = page.vetoes.findIndex((v) => v.code === veto.code && v.quote === veto.quote && near(v))
  if (same < 0) page.vetoes.push(veto)
  else if (!veto.partial) page.vetoes[same] = veto
}

function putRecording(recording: Recording): void {
  const same = page.recordings.findIndex((r) => r.recording_id === recording.recording_id)
  if (same >= 0) page.recordings[same] = recording
  else page.recordings.push(recording)
}

/** What the gateway tells of the place; what an older one does not tell is nothing. */
function whereOf(detail: CallDetail): Where {
  const { locations = [], leading_location = null, leading_reason = null, conflicts = [], description = null, queries = [], trail = [], additional = [] } = detail
  return { locations, leading_location, leading_reason, conflicts, description, queries, trail, additional }
}

let asking: ReturnType<typeof setTimeout> | undefined

/** Several news of one place within a moment are one question. */
function askWhere(): void {
  asking ??= setTimeout(() => {
    asking = undefined
    void refreshCall()
  }, NEWS_TOGETHER_MS)
}

const ofThis = <T extends { call_id: string }>(then: (news: T) => void) => (news: T) => {
  if (news.call_id === page.id) then(news)
}

/** The news has the beginning of long words only. */
listen('dispatch', ofThis(({ dispatch }) => {
  page.dispatch = dispatch
  askWhere()
}))
listen('handing', ofThis(({ handing }) => {
  handed += 1
  page.handing = handing
}))
listen('watchers', ofThis(({ watchers }) => (page.watchers = watchers)))
listen('hello', () => void refreshCall())
listen('call', ofThis((call) => {
  if (page.call && page.call.rev > call.rev) return
  const changed = page.call?.state === 'ENDED' && JSON.stringify(page.call.hearing) !== JSON.stringify(call.hearing)
  page.call = call
  if (call.state === 'ENDED') page.partials = {}
  if (changed) void refreshCall()
}))
listen('card', ofThis(({ rev, fields }) => {
  if (rev < page.rev) return
  page.rev = rev
  Object.assign(page.fields, fields)
  if (fields.address || fields.position) askWhere()
}))
listen('segment', ofThis(({ segment }) => hearSegment(segment)))
listen('location', ofThis(() => askWhere()))
listen('review', ofThis(() => void refreshCall()))
listen('partial', ofThis((partial) => {
  page.partials[partial.speaker] = partial
  setTimeout(() => {
    const shown = page.partials[partial.speaker]
    if (shown && toRaw(shown) === partial) delete page.partials[partial.speaker]
  }, PARTIAL_STANDS_MS)
}))
listen('assessment', ofThis(({ assessment }) => {
  assessed += 1
  page.assessment = assessment
}))
listen('veto', ofThis(({ veto }) => addVeto(veto)))
listen('recording', ofThis(({ recording }) => putRecording(recording)))
