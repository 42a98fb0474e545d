import { computed, ref, watch } from 'vue'
import { ringingHere } from './board'
import { preferences } from './preferences'

// The sound of a ring at one's own desk, made by the browser: 450 Hz, a second on and two off, as phones here ring.

const TONE_HZ = 450
const ON_S = 1
const EVERY_MS = 3_000
const SWELL_S = 0.02

let context: AudioContext | null = null
let timer: ReturnType<typeof setInterval> | undefined
/** The browser lets no page sound before somebody has touched it. */
export const soundless = ref(false)

export const audible = computed(() => !preferences.muted && preferences.volume > 0)

/** Rings once; also to try how loud it is. */
export function ringOnce(): void {
  if (!audible.value) return
  context ??= new AudioContext()
  soundless.value = context.state === 'suspended'
  if (soundless.value) return void context.resume().then(() => (soundless.value = context?.state !== 'running'))
  const [tone, loudness, at] = [context.createOscillator(), context.createGain(), context.currentTime]
  tone.frequency.value = TONE_HZ
  loudness.gain.setValueAtTime(0, at)
  loudness.gain.linearRampToValueAtTime(preferences.volume, at + SWELL_S)
  loudness.gain.setValueAtTime(preferences.volume, at + ON_S - SWELL_S)
  loudness.gain.linearRampToValueAtTime(0, at + ON_S)
  tone.connect(loudness).connect(context.destination)
  tone.start(at)
  tone.stop(at + ON_S)
}

watch(() => ringingHere.value?.call_id ?? null, (rings) => {
  clearInterval(timer)
  if (!rings) return
  ringOnce()
  timer = setInterval(ringOnce, EVERY_MS)
}, { immediate: true })

for (const touch of ['keydown', 'pointerdown']) {
  addEventListener(touch, () => void (soundless.value && context?.resume().then(() => (soundless.value = false))))
}
