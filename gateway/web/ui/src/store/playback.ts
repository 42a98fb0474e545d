import { computed, reactive, watch } from 'vue'
import { api, ApiError } from '../api/client'
import type { Recording } from '../api/types'
import { page, write } from './call'
import { may } from './session'
import { refusal } from '../format'
import { text, type Words } from '../text'

/** Speeds on the keys 1 to 6. */
export const SPEEDS = [0.5, 0.75, 1, 1.5, 2, 4]
/** Sound shorter than this is widened: a single syllable cannot be judged. */
const SHORTEST_SPAN_MS = 1500

/** The recording that plays. `at` counts from the seizure, as everything on the page does. */
export const playback = reactive({
  at: 0, playing: false, speed: 1, opened: null as string | null, asking: false, fault: null as Words | null, busy: false,
})

/** The one recording that this person can hear: stored, the longest when there are several. */
export const playable = computed<Recording | null>(() => {
  if (!may('listen')) return null
  const length = (recording: Recording) => Math.max(0, ...recording.parts.map((part) => part.seconds))
  return page.recordings.filter((r) => r.status === 'stored').sort((a, b) => length(b) - length(a))[0] ?? null
})
export const length_ms = computed(() => Math.max(0, ...(playable.value?.parts ?? []).map((part) => part.seconds * 1000)))
const begins = () => playable.value?.started_ms ?? 0

const audio = new Audio()
audio.preload = 'auto'
let purpose = ''
let wanted: (() => void) | null = null
let until: number | null = null

/** Does `then` with the recording open; asks first why the person listens, once for a call. */
export function withOpen(then: () => void): void {
  const recording = playable.value
  if (!recording) return
  if (playback.opened === recording.recording_id) return then()
  wanted = then
  playback.asking = true
}

/** Tells the gateway who listens and why; the gateway journals it before any sound leaves. */
export async function openFor(why: string): Promise<void> {
  const recording = playable.value
  if (!recording || !page.id) return
  playback.busy = true
  try {
    await write({ type: 'OpenRecording', data: { recording_id: recording.recording_id, purpose: why } }, () => true)
    purpose = why
    Object.assign(playback, { asking: false, fault: null, opened: recording.recording_id })
    const part = recording.parts.find((p) => p.part === 'mix') ?? recording.parts[0]
    audio.src = api.audio(page.id, recording.recording_id, part?.part ?? 'mix')
    audio.playbackRate = playback.speed
    wanted?.()
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    playback.fault = refusal(error)
  } finally {
    wanted = null
    playback.busy = false
  }
}

export const dropWish = (): void => {
  wanted = null
  playback.asking = false
}

export function toggle(): void {
  withOpen(() => {
    until = null
    if (audio.paused) void start()
    else audio.pause()
  })
}

export function pause(): void {
  audio.pause()
}

export function seek(ms: number, thenPlay = false): void {
  withOpen(() => {
    until = null
    playback.at = Math.min(Math.max(ms, begins()), begins() + length_ms.value)
    audio.currentTime = (playback.at - begins()) / 1000
    if (thenPlay) void start()
  })
}

export function playSpan(started_ms: number, ended_ms: number): void {
  seek(started_ms, true)
  withOpen(() => {
    until = Math.max(ended_ms, started_ms + SHORTEST_SPAN_MS)
  })
}

export function setSpeed(speed: number): void {
  playback.speed = speed
  audio.playbackRate = speed
}

async function start(): Promise<void> {
  await audio.play().catch((error: unknown) => {
    // A pause or a jump before the sound began ends the promise: that is no fault.
    if (!(error instanceof DOMException && error.name === 'AbortError')) playback.fault = () => String(error)
  })
}

function follow(): void {
  if (audio.paused) return
  playback.at = begins() + audio.currentTime * 1000
  if (until !== null && playback.at >= until) {
    until = null
    audio.pause()
  }
  requestAnimationFrame(follow)
}

audio.addEventListener('play', () => {
  playback.playing = true
  requestAnimationFrame(follow)
})
audio.addEventListener('pause', () => {
  playback.playing = false
  playback.at = begins() + audio.currentTime * 1000
})
audio.addEventListener('error', () => {
  if (!audio.getAttribute('src')) return
  // The leave to listen ends after ten minutes: the same purpose opens it again, once.
  const why = purpose
  purpose = ''
  if (!why) {
    const told = audio.error?.message ?? ''
    Object.assign(playback, { fault: () => told || text.value.app.unreachable, opened: null })
    return
  }
  const at = playback.at
  wanted = () => seek(at)
  void openFor(why)
})

watch(() => page.id, () => {
  audio.pause()
  audio.removeAttribute('src')
  audio.load()
  purpose = ''
  until = null
  wanted = null
  Object.assign(playback, { at: 0, playing: false, speed: 1, opened: null, asking: false, fault: null, busy: false })
})
