import { computed } from 'vue'
import { preferences } from '../store/preferences'
import { en } from './en'
import { zh, type Dictionary } from './zh'

/** The words in the reader's language. */
export const text = computed<Dictionary>(() => (preferences.language === 'en' ? en : zh))

/** A code's name; a code this build does not know is shown as it came, never hidden. */
export function named(names: Record<string | number, string>, code: string | number | null | undefined): string {
  return code === null || code === undefined ? '' : (names[code] ?? String(code))
}

/** Picks the reader's language out of texts that come in both. */
export function inLanguage(zhText: string | null, enText: string | null): string {
  return (preferences.language === 'en' ? enText || zhText : zhText || enText) ?? ''
}
