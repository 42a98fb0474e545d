import { computed, reactive } from 'vue'
import { ApiError } from '../api/client'
import { rules, type Draft, type Files, type Pack, type Problem, type RuleRequest, type Rulebook, type Written } from '../api/rules'
import { blocksOf, linesOf, withLines, type Block } from '../rules/blocks'
import { layOver } from '../rules/merge'
import { text, type Words } from '../text'
import { preferences } from './preferences'
import { session } from './session'
import { refusal } from '../format'

/** After the last letter the text is checked within this time. */
const CHECK_AFTER_MS = 400
/** A check that got no answer is asked for again after this time. */
const AGAIN_AFTER_MS = 3000
/** Counts beside the tree are of so many days. */
export const COUNTED_DAYS = 7

/** Lines of a file that are being edited, from 0. */
export interface Place {
  file: string
  start: number
  end: number
}

/** The rule workshop: `base` is what the server holds of the shown content, `mine` the files written over since, null for those taken out. */
export const shop = reactive({
  book: null as Rulebook | null,
  draftId: null as string | null,
  hash: '',
  base: {} as Files,
  mine: {} as Written,
  place: null as Place | null,
  problems: [] as Problem[],
  checked: false,
  unreachable: false,
  fired: {} as Record<string, number>,
  error: null as Words | null,
  notice: null as Words | null,
  clash: [] as string[],
  busy: false,
})

export const active = computed<Pack | null>(() => shop.book?.active ?? null)
export const previous = computed<Pack | null>(() => shop.book?.previous ?? null)
export const draft = computed<Draft | null>(() => shop.book?.drafts.find((one) => one.draft_id === shop.draftId) ?? null)
export const textOf = (file: string): string => (shop.mine[file] === undefined ? shop.base[file] : shop.mine[file]) ?? ''
export const unsaved = computed(() => Object.keys(shop.mine).filter((file) => shop.mine[file] !== (shop.base[file] ?? null)))
/** Names of the files as they are with what was written and not saved. */
export const files = computed(() => [...new Set([...Object.keys(shop.base), ...Object.keys(shop.mine)])].filter((file) => shop.mine[file] !== null).sort())
/** Every rule, list and part; files in the reader's language first. */
export const blocks = computed<Block[]>(() => {
  const own = preferences.language.slice(0, 2)
  return [...files.value.filter((file) => file.startsWith(own)), ...files.value.filter((file) => !file.startsWith(own))].flatMap((file) => blocksOf(file, textOf(file)))
})
export const chosen = computed<Block | null>(() => {
  const place = shop.place
  if (!place) return null
  return blocks.value.find((block) => block.file === place.file && block.start >= place.start && block.start < place.end) ?? null
})
export const errors = computed(() => shop.problems.filter((one) => one.severity === 'error'))
/** Whether one may write in what is shown: the active pack (a draft begins), or a draft still open. */
export const writable = computed(() => !draft.value || draft.value.status === 'editing' || draft.value.status === 'sent_back')

/** Runs what may be refused; the refusal is told on the page. */
export async function attempt<T>(what: () => Promise<T>): Promise<T | null> {
  shop.error = null
  shop.busy = true
  try {
    return await what()
  } catch (failed) {
    if (!(failed instanceof ApiError)) throw failed
    shop.error = refusal(failed)
    return null
  } finally {
    shop.busy = false
  }
}

/** What moves the page to another content goes one after another: news may come while somebody chooses. */
let moving: Promise<unknown> = Promise.resolve()

function inTurn<T>(what: () => Promise<T>): Promise<T> {
  const turn = moving.then(what)
  moving = turn.catch(() => undefined)
  return turn
}

export const enter = (ruleId: string | null): Promise<void> => inTurn(() => entered(ruleId))
/** Shows a draft, or the active pack when `draftId` is null; unsaved text of either waits where it was written. */
export const turnToDraft = (draftId: string | null): Promise<unknown> => inTurn(() => attempt(() => show(draftId)))
/** Looks whether the rulebook has moved; text that somebody is writing stays theirs. */
export const refresh = (): Promise<void> => inTurn(refreshed)
/** Saves what was written: into the draft, or as a new one with `note`. */
export const save = (note?: string): Promise<boolean> => inTurn(() => saved(note))

async function entered(ruleId: string | null): Promise<void> {
  await attempt(async () => {
    shop.book = await rules.book()
    const mine = shop.book.drafts.find((one) => one.authors.includes(session.me?.username ?? '')) ?? null
    await show(shop.draftId && draft.value ? shop.draftId : (mine?.draft_id ?? null))
    if (ruleId) choose(blocks.value.find((block) => block.id === ruleId) ?? null)
    else if (!chosen.value) choose(blocks.value.find((block) => block.class === 'valid_alarm') ?? blocks.value[0] ?? null)
  })
  void countFired()
}

async function countFired(): Promise<void> {
  shop.fired = await rules.fired(shop.hash, COUNTED_DAYS).catch(() => shop.fired)
}

async function show(draftId: string | null): Promise<void> {
  shop.draftId = draftId
  const hash = draft.value?.content.hash ?? active.value?.content.hash ?? ''
  if (!hash) return
  const held = await rules.files(hash)
  Object.assign(shop, { hash, base: held, mine: {}, problems: [], checked: false, notice: null, clash: [] })
  const kept = recall()
  if (kept) {
    const merged = layOver(kept.base, kept.mine, held)
    Object.assign(shop, { mine: merged.files, clash: merged.clash, notice: Object.keys(merged.files).length ? () => text.value.rules.recalled : null })
  }
  if (shop.place && !chosen.value) shop.place = null
  checkSoon(0)
}

export function choose(block: Block | null): void {
  shop.place = block ? { file: block.file, start: block.start, end: block.end } : null
}

export const shownLines = computed(() => (shop.place ? linesOf(textOf(shop.place.file), shop.place) : ''))

/** Other lines stand in the edited place. */
export function rewrite(lines: string): void {
  const place = shop.place
  if (!place) return
  shop.mine[place.file] = withLines(textOf(place.file), place, lines)
  place.end = place.start + lines.split('\n').length
  wrote()
}

/** Something was written: it outlives the page, and is checked. */
export function wrote(): void {
  keep()
  checkSoon(CHECK_AFTER_MS)
}

/** Puts `lines` behind the chosen block and begins to edit them. */
export function addAfter(lines: string): void {
  const place = shop.place
  if (!place) return
  const at = place.end
  shop.mine[place.file] = withLines(textOf(place.file), { start: at, end: at }, lines)
  shop.place = { file: place.file, start: at, end: at + lines.split('\n').length }
  wrote()
}

/** Takes back what was written here and not saved. */
export function discard(): void {
  shop.mine = {}
  shop.place = null
  Object.assign(shop, { notice: null, clash: [] })
  keep()
  checkSoon(0)
}

let timer: ReturnType<typeof setTimeout> | undefined
let asking = false
let wanted = false

function checkSoon(wait: number): void {
  clearTimeout(timer)
  shop.checked = false
  wanted = true
  timer = setTimeout(() => void check(), wait)
}

/** One check at a time: a large pack takes a while, and only what stands there now is worth an answer. */
async function check(): Promise<void> {
  if (asking) return
  asking = true
  try {
    while (wanted) {
      wanted = false
      const told = await rules.validate(shop.hash, written())
      // While it is checked somebody may have written on: what was found still stands near its line.
      Object.assign(shop, { problems: told.problems, checked: !wanted, unreachable: false })
    }
  } catch (failed) {
    if (!(failed instanceof ApiError)) throw failed
    if (failed.code === 'invalid' || failed.code === 'too_large') {
      // What cannot even be read as a pack (too many files, a strange name) has no line: it is told as it is.
      const fault = { file: '', line: 1, column: null, severity: 'error' as const, rule_id: null, what_zh: failed.zh, what_en: failed.en, cure_zh: '', cure_en: '' }
      Object.assign(shop, { problems: [fault], checked: true, unreachable: false, error: refusal(failed) })
      return
    }
    shop.unreachable = true
    timer = setTimeout(() => void check(), AGAIN_AFTER_MS)
    wanted = true
  } finally {
    asking = false
  }
}

/** The files that differ from what the server holds. */
export const written = (): Written => Object.fromEntries(unsaved.value.map((file) => [file, shop.mine[file] ?? null]))

async function saved(note?: string): Promise<boolean> {
  const one = draft.value
  const request: RuleRequest = one
    ? { type: 'EditDraft', data: { draft_id: one.draft_id, files: written(), expected_hash: shop.hash, ...(note === undefined ? {} : { note }) } }
    : { type: 'OpenDraft', data: { draft_id: crypto.randomUUID(), origin: shop.hash, files: written(), note: note ?? '' } }
  try {
    shop.busy = true
    // A new draft is written on the pack that was seen; whoever activates another one meanwhile is told of.
    const answer = await rules.request(request, one ? null : (shop.book?.rev ?? null))
    forget()
    shop.mine = {}
    shop.book = await rules.book()
    await show(one?.draft_id ?? answer.draft_id)
    shop.error = null
    return true
  } catch (failed) {
    if (!(failed instanceof ApiError)) throw failed
    if (failed.code === 'stale_rev' || failed.code === 'stale_base') await takeTheirs()
    shop.error = refusal(failed)
    return false
  } finally {
    shop.busy = false
  }
}

/** Somebody else changed what I write in: their text is fetched, and mine laid over it. */
async function takeTheirs(): Promise<void> {
  shop.book = await rules.book()
  const hash = draft.value?.content.hash ?? active.value?.content.hash
  if (!hash || hash === shop.hash) return
  const held = await rules.files(hash)
  const at = chosen.value?.id
  const merged = layOver(shop.base, shop.mine, held)
  const names = (draft.value?.authors ?? []).filter((name) => name !== session.me?.username)
  Object.assign(shop, { hash, base: held, mine: merged.files, clash: merged.clash, notice: () => text.value.rules.stale(names.join(text.value.disposition.and)) })
  choose(blocks.value.find((block) => block.id === at) ?? null)
  keep()
  checkSoon(0)
}

async function refreshed(): Promise<void> {
  if (!shop.book) return
  try {
    const book = await rules.book()
    shop.book = book
    const hash = draft.value?.content.hash ?? (shop.draftId ? '' : active.value?.content.hash)
    if (!hash) return await show(null)
    if (hash === shop.hash) return
    if (unsaved.value.length) return await takeTheirs()
    const at = chosen.value?.id
    await show(shop.draftId)
    choose(blocks.value.find((block) => block.id === at) ?? blocks.value[0] ?? null)
  } catch (failed) {
    if (!(failed instanceof ApiError)) throw failed
  }
}

/** A back-test got on. */
export function testGotOn(news: { draft_id: string; done: number; of: number }): void {
  const one = shop.book?.drafts.find((each) => each.draft_id === news.draft_id)
  if (one) one.progress = news.of ? news.done / news.of : null
}

/** Asks for a step; the rulebook is read anew whatever comes of it. */
export async function step(request: RuleRequest): Promise<boolean> {
  const done = await attempt(() => rules.request(request, shop.book?.rev ?? null))
  const refused = shop.error
  await refresh()
  shop.error = refused
  return done !== null
}

// ---- what was written and not saved outlives the page

const nameOf = () => `workshop:${session.me?.username}:${shop.draftId ?? 'active'}`

function keep(): void {
  if (!unsaved.value.length) return forget()
  const base = Object.fromEntries(unsaved.value.map((file) => [file, shop.base[file] ?? '']))
  localStorage.setItem(nameOf(), JSON.stringify({ base, mine: written() }))
}

function forget(): void {
  localStorage.removeItem(nameOf())
}

function recall(): { base: Files; mine: Written } | null {
  const kept = localStorage.getItem(nameOf())
  return kept ? JSON.parse(kept) : null
}
