import { computed, reactive } from 'vue'
import { ApiError } from '../api/client'
import CallBackTask from '../components/card/CallBackTask.vue'
import EndAlarmDialog from '../components/card/EndAlarmDialog.vue'
import QuietPanel from '../components/card/QuietPanel.vue'
import SilentAlarm from '../components/card/SilentAlarm.vue'
import { page } from '../store/call'
import { callerSpoke } from '../store/quiet'
import { claimTask } from '../store/tasks'
import { text, type Words } from '../text'
import type { CardAction, CardPanel } from './model'
import { act, say } from './state'
import { refusal } from '../format'

const open = () => !!page.call?.task && page.call.task.state !== 'closed'

function outcome(id: string, combo: string, code: string, label: () => string, when = open): CardAction {
  return {
    id, combo, place: 'header', permission: 'write_calls', label, when,
    run: async () => {
      await act('task/outcome', { outcome: code, expected_rev: null })
      say(() => text.value.quiet.saved)
    },
  }
}

const spokenWith = () => page.call?.medium === 'voice' && page.call.state !== 'ENDED' && page.call.answered_at !== null
const alarm = () => page.call?.quiet?.alarm ?? null
const stands = () => alarm()?.standing === true

/** The caller hears the prompt, or will: the key stops it. */
export const promptRuns = computed(() => page.call?.quiet?.prompt?.running === true && ['asked', 'playing', 'played'].includes(page.call.quiet.prompt.state))

export const quietKey: CardAction = {
  id: 'quiet-prompt', combo: 'Alt+4', place: 'header', permission: 'write_calls', when: spokenWith,
  label: () => promptRuns.value ? text.value.quiet.stop : text.value.quiet.start,
  run: async () => {
    const action = promptRuns.value ? 'stop' : 'start'
    await act('quiet/prompt', { action, expected_rev: null })
    say(() => action === 'start' ? text.value.quiet.started : text.value.quiet.stopped)
  },
}

/** The dialog in which a person says why a silent alarm is none any more. */
export const ending = reactive({ open: false, busy: false, fault: null as Words | null })

export async function endAlarm(note: string): Promise<void> {
  Object.assign(ending, { busy: true, fault: null })
  try {
    await act('silent-alarm/end', { note, expected_rev: null })
    ending.open = false
    say(() => text.value.quiet.ended)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    ending.fault = refusal(error)
  } finally {
    ending.busy = false
  }
}

const silence: CardAction[] = [
  quietKey,
  {
    id: 'silent-alarm', combo: 'Alt+1', place: 'header', permission: 'write_calls', label: () => text.value.quiet.raise,
    when: () => spokenWith() && !stands(),
    run: async () => {
      await act('silent-alarm', { expected_rev: null })
      say(() => text.value.quiet.raised)
    },
  },
  {
    id: 'alarm-seen', combo: 'Alt+2', place: 'header', permission: 'write_calls', label: () => text.value.quiet.see,
    when: () => stands() && alarm()?.seen_by === null,
    run: async () => {
      await act('silent-alarm/seen', { expected_rev: null })
      say(() => text.value.quiet.seen)
    },
  },
  {
    id: 'alarm-end', combo: 'Alt+3', place: 'header', permission: 'write_calls', label: () => text.value.quiet.end,
    when: stands, run: () => void Object.assign(ending, { open: true, fault: null }),
  },
]

/** Something of a caller who says little is there to be seen: signs, a prompt that was played, or no word so far. */
function says(): boolean {
  const quiet = page.call?.quiet
  if (!quiet) return spokenWith() && !callerSpoke.value
  const played = quiet.prompt !== null && !['watching', 'spoke'].includes(quiet.prompt.state)
  return played || quiet.alarm !== null || quiet.key_count > 0 || quiet.taps > 0 || (spokenWith() && !callerSpoke.value)
}

/** Calls that say little: silence, abandoned calls, text. */
export const actions: CardAction[] = [
  ...silence,
  {
    id: 'claim-task', combo: 'Shift+C', place: 'header', permission: 'write_calls', label: () => text.value.quiet.claim,
    when: () => open() && page.call?.task?.state !== 'claimed',
    run: async () => {
      await claimTask(page.id ?? '')
      say(() => text.value.quiet.claimed)
    },
  },
  outcome('task-safe', 'Alt+7', 'reached_safe', () => text.value.quiet.safe),
  outcome('task-emergency', 'Alt+8', 'reached_emergency', () => text.value.quiet.emergency),
  outcome('task-no-answer', 'Alt+9', 'no_answer', () => text.value.quiet.noAnswer, () => open() && !!page.call?.task?.reachable),
  outcome('task-unreachable', 'Alt+0', 'unreachable', () => text.value.quiet.cannot),
]
export const panels: CardPanel[] = [
  { id: 'silent-alarm', section: 'alert', component: SilentAlarm, when: stands },
  { id: 'quiet', section: 'do', component: QuietPanel, when: says },
  { id: 'end-alarm', section: 'dialog', component: EndAlarmDialog },
  { id: 'call-back-task', section: 'alert', component: CallBackTask, when: () => !!page.call?.task },
]
