import { computed, ref, watch } from 'vue'
import { ApiError } from '../api/client'
import type { Write } from '../api/desk'
import type { Aim } from '../map/aim'
import { refusal } from '../format'
import { text, type Words } from '../text'
import { page, write } from './call'
import { leading } from './where'

const answer = ref<{ words: Words; wrong: boolean } | null>(null)
/** What became of the last thing that a person asked about the place, in the language of whoever reads it now. */
export const said = computed(() => answer.value && { words: answer.value.words(), wrong: answer.value.wrong })
watch(() => page.id, () => (answer.value = null))

/** True: the gateway has it. */
async function ask(request: Write, under_way: Words, done: Words): Promise<boolean> {
  answer.value = { words: under_way, wrong: false }
  try {
    await write(request, () => true)
    answer.value = { words: done, wrong: false }
    return true
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const why = refusal(error)
    answer.value = { words: () => `▲ ${why()}`, wrong: true }
    return false
  }
}

export const askAgain = () => ask({ type: 'RefreshLocation', data: {} }, () => text.value.where.refreshing, () => text.value.where.refreshed)

/** A person's word: this fix leads from now on. */
export const letLead = (location_id: string) =>
  ask({ type: 'SetPosition', data: { location_id } }, () => text.value.place.sending, () => text.value.where.leads)

/** A person's word too: here, as far as a hand on the map is sure. */
export function setSpot({ at: [latitude, longitude], within_m }: Aim, note: string): Promise<boolean> {
  const data = { latitude, longitude, datum: 'WGS-84' as const, uncertainty_m: within_m, note }
  return ask({ type: 'SetPosition', data }, () => text.value.place.sending, () => text.value.where.spotSet)
}

/** Whether the leading fix is a person's word, which can be taken back. */
export const isPersonsWord = () => leading.value !== null && page.where.leading_reason?.code === 'person'

export async function takeBack(): Promise<void> {
  const location_id = leading.value?.location_id
  if (location_id && isPersonsWord()) await ask({ type: 'WithdrawPosition', data: { location_id } }, () => text.value.place.sending, () => text.value.place.tookBack)
}
