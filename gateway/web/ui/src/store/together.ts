import { computed, reactive } from 'vue'
import { ApiError } from '../api/client'
import { together as api, type Floods, type Together } from '../api/together'
import { act } from '../card/state'
import { page } from './call'
import { may } from './session'
import { listen } from './stream'

/** Several news within a moment are one question. */
const NEWS_TOGETHER_MS = 300

const NOTHING: Together = { suggestions: [], incident: null, surge: null, repeat: null, suspicion: null, cleared: null }

/** What the call on the page has to do with others. `chosen`: which suggestion the key links. */
export const company = reactive({ of: null as string | null, rev: -1, told: NOTHING, chosen: 0 })

export const chosen = computed(() => company.told.suggestions[company.chosen] ?? company.told.suggestions[0] ?? null)
export const fresh = computed(() => company.told.incident?.new ?? [])

export function chooseNext(): void {
  const all = company.told.suggestions.length
  company.chosen = all ? (company.chosen + 1) % all : 0
}

/** Fetched anew: a page that was turned meanwhile takes nothing of it. */
export async function refreshCompany(): Promise<void> {
  const id = page.id
  if (!id) return
  try {
    const told = await api.ofCall(id)
    if (page.id !== id) return
    const kept = company.of === id ? chosen.value?.call_id : undefined
    Object.assign(company, { of: id, told })
    company.chosen = Math.max(0, told.suggestions.findIndex((each) => each.call_id === kept))
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
  }
}

let asking: ReturnType<typeof setTimeout> | undefined
function askSoon(): void {
  asking ??= setTimeout(() => {
    asking = undefined
    void refreshCompany()
  }, NEWS_TOGETHER_MS)
}

export async function linkChosen(): Promise<void> {
  const other = chosen.value
  if (!other) return
  await act('link', { other: other.call_id, expected_rev: null })
  await refreshCompany()
}

/** Links a call with the incident of the page's call, or that of a suggestion. */
export async function linkWith(other: string): Promise<void> {
  await act('link', { other, expected_rev: null })
  await refreshCompany()
}

export async function unlink(): Promise<void> {
  await act('unlink', { expected_rev: null })
  await refreshCompany()
}

export async function unsuspect(): Promise<void> {
  await act('unsuspect', { expected_rev: null })
  await refreshCompany()
}

/** Somebody at this card has seen what other calls told. */
export async function markSeen(): Promise<void> {
  const incident = company.told.incident
  if (!incident || !page.id || !incident.new.length) return
  await api.seen(incident.incident_id, page.id, Math.max(...incident.new.map((fact) => fact.number)))
  await refreshCompany()
}

// ---- floods, for the whole hall

export const hall = reactive({ floods: null as Floods | null })

export async function refreshFloods(): Promise<void> {
  if (!may('see_board')) return
  try {
    hall.floods = await api.floods()
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
  }
}

let looking: ReturnType<typeof setTimeout> | undefined
function lookSoon(): void {
  looking ??= setTimeout(() => {
    looking = undefined
    void refreshFloods()
  }, NEWS_TOGETHER_MS)
}

listen('hello', () => {
  void refreshFloods()
  if (page.id) void refreshCompany()
  else Object.assign(company, { of: null, told: NOTHING, chosen: 0 })
})
listen('call', (call) => {
  if (call.suspected) lookSoon()
  if (call.call_id === page.id) askSoon()
})
listen('incident', (incident) => {
  const own = company.told.incident?.incident_id
  const near = company.told.suggestions.some((each) => incident.calls.includes(each.call_id))
  if (page.id && (incident.calls.includes(page.id) || incident.incident_id === own || near)) askSoon()
})
listen('flood', lookSoon)
