import { computed, reactive } from 'vue'
import { session } from './session'
import { listen } from './stream'

/** Calls for a supervisor that this screen has not opened; the newest first. */
const waiting = reactive<{ call_id: string; by: string; mine: boolean }[]>([])
const MOST = 20

/** The one to open next: those for one's own phone first. */
export const wanted = computed(() => waiting.find((call) => call.mine) ?? waiting[0] ?? null)

export function forget(callId: string): void {
  const at = waiting.findIndex((call) => call.call_id === callId)
  if (at >= 0) waiting.splice(at, 1)
}

listen('escalation', ({ call_id, by, position }) => {
  if (by === session.me?.username) return
  forget(call_id)
  waiting.unshift({ call_id, by, mine: !!position && position === session.me?.position })
  waiting.splice(MOST)
})
listen('call', (call) => {
  if (call.state === 'ENDED') forget(call.call_id)
})
