import { computed, reactive, watch } from 'vue'
import { ApiError } from '../api/client'
import { quietApi, type Second } from '../api/quiet'
import { page } from './call'
import { board } from './board'
import { listen } from './stream'

/** So many seconds of a caller's sound are shown. */
export const SHOWN = 60

/** How the caller of the card sounds, second by second, the newest last. */
export const sound = reactive({ of: null as string | null, seconds: [] as Second[] })

function put(seconds: Second[]): void {
  const known = new Map([...sound.seconds, ...seconds].map((one) => [one.at_ms, one]))
  sound.seconds = [...known.values()].sort((a, b) => a.at_ms - b.at_ms).slice(-SHOWN)
}

async function fetchSound(): Promise<void> {
  const id = page.id
  if (!id || !page.call || page.call.medium !== 'voice' || page.call.state === 'ENDED') return
  try {
    const answer = await quietApi.sounds(id)
    if (page.id === id) put(answer.seconds)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
  }
}

watch(() => [page.id, page.call !== null] as const, ([id]) => {
  if (sound.of !== id) Object.assign(sound, { of: id, seconds: [] })
  void fetchSound()
})
listen('hello', () => void fetchSound())
listen('level', (news) => {
  if (news.call_id === page.id) put(news.seconds)
})

/** Calls with a silent alarm that stands, the oldest first. */
export const alarmed = computed(() => board.value.filter((call) => call.quiet?.alarm?.standing).sort((a, b) => a.quiet!.alarm!.at.localeCompare(b.quiet!.alarm!.at)))

export const callerSpoke = computed(() => page.segments.some((one) => one.speaker === 'caller'))
