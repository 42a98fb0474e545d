import CallBackTask from '../components/card/CallBackTask.vue'
import { page } from '../store/call'
import { claimTask } from '../store/tasks'
import { text } from '../text'
import type { CardAction, CardPanel } from './model'
import { act, say } from './state'

const open = () => !!page.call?.task && page.call.task.state !== 'closed'

function outcome(id: string, combo: string, code: string, label: () => string, when = open): CardAction {
  return {
    id, combo, place: 'header', permission: 'write_calls', label, when,
    run: async () => {
      await act('task/outcome', { outcome: code, expected_rev: null })
      say(text.value.quiet.saved)
    },
  }
}

/** Calls that say little: silence, abandoned calls, text. */
export const actions: CardAction[] = [
  {
    id: 'claim-task', combo: 'Shift+C', place: 'header', permission: 'write_calls', label: () => text.value.quiet.claim,
    when: () => open() && page.call?.task?.state !== 'claimed',
    run: async () => {
      await claimTask(page.id ?? '')
      say(text.value.quiet.claimed)
    },
  },
  outcome('task-safe', 'Alt+7', 'reached_safe', () => text.value.quiet.safe),
  outcome('task-emergency', 'Alt+8', 'reached_emergency', () => text.value.quiet.emergency),
  outcome('task-no-answer', 'Alt+9', 'no_answer', () => text.value.quiet.noAnswer, () => open() && !!page.call?.task?.reachable),
  outcome('task-unreachable', 'Alt+0', 'unreachable', () => text.value.quiet.cannot),
]
export const panels: CardPanel[] = [
  { id: 'call-back-task', section: 'alert', component: CallBackTask, when: () => !!page.call?.task },
]
