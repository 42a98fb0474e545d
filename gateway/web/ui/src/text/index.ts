import { computed } from 'vue'
import { preferences } from '../store/preferences'
import { en } from './en'
import type { CallSummary } from '../api/types'
import { zh, type Dictionary } from './zh'

/** The words in the reader's language. */
export const text = computed<Dictionary>(() => (preferences.language === 'en' ? en : zh))

/** What is said to a person and stays on the page: read anew when the reader changes the language, so never kept as a text. */
export type Words = () => string

/** A code's name; a code this build does not know is shown as it came, never hidden. */
export function named(names: Record<string | number, string>, code: string | number | null | undefined): string {
  return code === null || code === undefined ? '' : (names[code] ?? String(code))
}

/** How a call stands: nobody talks in a text call, somebody writes in it. */
export function stateName(call: Pick<CallSummary, 'state' | 'medium'>): string {
  const { state, thread } = text.value
  return (call.medium === 'text' ? thread.call[call.state] : undefined) ?? state[call.state]
}

/** A rule pack by the version under which it was active. */
export function packName(pack: { version: number | null; active: boolean }): string {
  const words = text.value.quality.packs
  const name = pack.version === null ? words.unknown : text.value.rules.steps.version(pack.version)
  return pack.active ? `${name} · ${words.active}` : name
}

/** A language by its tag (BCP 47): `zh-CN` is of `zh`. */
export function languageName(tag: string): string {
  return text.value.language[tag] ?? text.value.language[tag.split('-', 1)[0] ?? ''] ?? tag
}

/** How long ago, in words: people think of a test call as "12 minutes ago", not as a date. */
export function ago(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  const words = text.value.ago
  if (minutes < 1) return words.now
  if (minutes < 120) return words.minutes(minutes)
  return minutes < 48 * 60 ? words.hours(Math.floor(minutes / 60)) : words.days(Math.floor(minutes / 1440))
}

/** Picks the reader's language out of texts that come in both. */
export function inLanguage(zhText: string | null, enText: string | null): string {
  return (preferences.language === 'en' ? enText || zhText : zhText || enText) ?? ''
}
