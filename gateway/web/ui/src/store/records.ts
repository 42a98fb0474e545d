import { computed, reactive, watch } from 'vue'
import { ApiError } from '../api/client'
import { recordsApi, type Match, type Part } from '../api/records'
import { page } from './call'

/** While somebody speaks in a call that was made for this one, its words are fetched this often. */
const LIVE_EVERY_MS = 3_000

/** What belongs to the call of the page beside itself. `asking`: the dialog that is open; `entering`: that of a new record. */
export const records = reactive({
  of: null as string | null,
  matches: [] as Match[],
  parts: [] as Part[],
  asking: null as 'ring' | 'print' | null,
  entering: false,
})

export const ours = computed(() => records.of === page.id)
export const match = computed(() => (ours.value ? (records.matches[0] ?? null) : null))

let timer: ReturnType<typeof setTimeout> | undefined

export async function refreshRecord(): Promise<void> {
  const id = page.id
  clearTimeout(timer)
  if (!id) return
  try {
    const told = await recordsApi.around(id)
    if (page.id !== id) return
    Object.assign(records, { of: id, ...told })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
  }
  if (page.id === id && records.parts.some((part) => part.call.state !== 'ENDED')) timer = setTimeout(() => void refreshRecord(), LIVE_EVERY_MS)
}

watch(() => page.id, () => Object.assign(records, { of: null, matches: [], parts: [], asking: null }))
// The call is there, it ends, or a call made for it goes a step.
watch(
  () => [page.call?.call_id, page.call?.state === 'ENDED', page.call?.same_as, page.handing?.callbacks.map((one) => one.state + (one.call ?? '')).join()],
  () => page.call && (page.call.state === 'ENDED' || page.handing?.callbacks.length) && void refreshRecord(),
)
