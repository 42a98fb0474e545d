import { computed } from 'vue'
import { page } from '../store/call'
import { inLanguage } from '../text'

/** What the rules would have asked next; nothing once the call is over. */
export const nextQuestion = computed(() => {
  if (page.call?.state === 'ENDED') return ''
  return inLanguage(page.assessment?.next_question_zh ?? null, page.assessment?.next_question_en ?? null)
})
