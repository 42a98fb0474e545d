import { computed, reactive } from 'vue'
import { ApiError } from '../api/client'
import { wallApi, type Wall } from '../api/wall'
import { may } from './session'
import { link, listen } from './stream'
import { now } from './time'
import { refusal } from '../format'
import { text, type Words } from '../text'

/** The gateway says at least every 5 s how the hall is; after this long the picture is old, whatever the link seems. */
const STALE_MS = 12_000
/** A link that breaks and mends within this time is not worth a word. */
const SAY_AFTER_MS = 1500

/** What is shown. `error` null: nothing went wrong. */
export const wall = reactive({ body: null as Wall | null, heardAt: 0, error: null as Words | null })

/** What stands here is not how it is: nothing is told of it any more. */
export const stale = computed(() => {
  const at = now.value
  const broken = link.lostSince !== null && at - Date.parse(link.lostSince) > SAY_AFTER_MS
  return wall.body !== null && (broken || Date.now() - wall.heardAt > STALE_MS)
})

/** Ages are counted up to here: in a picture that stopped they stand still. */
export const seen = computed(() => (stale.value && wall.body ? Date.parse(wall.body.at) : now.value))

export function take(body: Wall): void {
  Object.assign(wall, { body, heardAt: Date.now(), error: null })
}

export async function refreshWall(): Promise<void> {
  if (!may('see_wall')) return
  try {
    take(await wallApi.show())
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    wall.error = error.code === 'unreachable' ? () => text.value.wall.off : refusal(error)
  }
}
listen('wall', take)
