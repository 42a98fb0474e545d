import { computed, reactive, watch } from 'vue'
import { ApiError } from '../api/client'
import { sharedApi, type Shared, type SharedItem } from '../api/shared'
import { act } from '../card/state'
import { page } from './call'

/** What came over the link that the caller of the page's call was sent. `seen`: the picture that fills the page. */
export const shared = reactive({ told: null as Shared | null, of: null as string | null, asking: null as 'send' | 'purpose' | null, seen: null as string | null })

export const pictures = computed<SharedItem[]>(() => shared.told?.items.filter((item) => item.kind === 'picture') ?? [])
export const unopened = computed(() => pictures.value.filter((item) => !item.opened))
export const usable = computed(() => ['asked', 'sent', 'unknown', 'opened'].includes(page.call?.share?.state ?? ''))

export async function refreshShared(): Promise<void> {
  const id = page.id
  if (!id) return
  try {
    const told = await sharedApi.of(id)
    if (page.id === id) Object.assign(shared, { told, of: id })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
  }
}

export async function sendLink(confirm: boolean): Promise<void> {
  await act('share-link', { confirm, expected_rev: null })
  shared.asking = null
}

export async function openPictures(purpose: string): Promise<void> {
  await act('pictures/open', { digests: pictures.value.map((item) => item.digest), purpose, expected_rev: null })
  await refreshShared()
  // Both at once: the dialog turns to the picture and is never closed between.
  Object.assign(shared, { asking: null, seen: pictures.value.at(-1)?.digest ?? null })
}

// The call's line tells how much has come; what, is asked for then.
watch(() => [page.id, page.call?.share?.link, page.call?.share?.texts, page.call?.share?.pictures].join(), () => {
  if (shared.of !== page.id) Object.assign(shared, { told: null, of: null, asking: null, seen: null })
  if (page.call?.share) void refreshShared()
})
