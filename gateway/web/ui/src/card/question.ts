import { computed } from 'vue'
import { page, write } from '../store/call'
import { inLanguage, text } from '../text'
import type { CardAction } from './model'

/** A question is marked by its Chinese words, which every reader's card has. */
const MOST_CHARS = 100
const marked = computed(() => (page.assessment?.next_question_zh ?? page.assessment?.next_question_en ?? '').slice(0, MOST_CHARS))

/** What the rules would have asked next; nothing once the call is over. */
export const nextQuestion = computed(() => {
  if (page.call?.state === 'ENDED') return ''
  return inLanguage(page.assessment?.next_question_zh ?? null, page.assessment?.next_question_en ?? null)
})
export const askedAlready = computed(() => !!marked.value && (page.call?.asked ?? []).includes(marked.value))

export const askIt: CardAction = {
  id: 'asked', combo: 'Space', place: 'keys', permission: 'write_calls',
  label: () => text.value.card.asked, when: () => nextQuestion.value !== '' && !askedAlready.value,
  run: () => write({ type: 'MarkAsked', data: { question: marked.value } }, () => !askedAlready.value),
}
