import { reactive, watchEffect } from 'vue'
import { speak } from '../api/client'
import type { Language } from '../api/types'

/** What this browser's user likes: kept here, and the language with the session too. */
export const preferences = reactive({
  language: (localStorage.getItem('language') === 'en' ? 'en' : 'zh-CN') as Language,
  /** How loud a ring is at this desk, 0 to 1; 0: it is only seen. */
  volume: Number(localStorage.getItem('volume') ?? 0.5),
  muted: localStorage.getItem('muted') === 'yes',
  theme: (localStorage.getItem('theme') === 'light' ? 'light' : 'dark') as 'dark' | 'light',
})

watchEffect(() => {
  document.documentElement.lang = preferences.language
  document.documentElement.dataset.theme = preferences.theme
  localStorage.setItem('language', preferences.language)
  localStorage.setItem('theme', preferences.theme)
  localStorage.setItem('volume', String(preferences.volume))
  localStorage.setItem('muted', preferences.muted ? 'yes' : 'no')
  speak(preferences.language)
})

export function toggleTheme(): void {
  preferences.theme = preferences.theme === 'dark' ? 'light' : 'dark'
}
