import { nextTick } from 'vue'
import Dispatched from '../components/card/Dispatched.vue'
import PlanDialog from '../components/card/PlanDialog.vue'
import Plans from '../components/card/Plans.vue'
import { page } from '../store/call'
import { plans, running } from '../store/plans'
import { text } from '../text'
import type { CardAction, CardPanel } from './model'

const own = () => plans.of === page.id

/** To the first item of the checklist that is not done; its keys do the rest. */
async function toList(): Promise<void> {
  await nextTick()
  document.querySelector<HTMLInputElement>('[data-run] li:not(.done) input')?.focus()
}

/** Response plans, and what the dispatch core tells. */
export const actions: CardAction[] = [
  { id: 'plan', combo: 'Shift+Y', place: 'header', permission: 'write_calls', label: () => text.value.plans.action, when: own, run: () => void (plans.open = true) },
  { id: 'checklist', combo: 'Shift+T', place: 'keys', permission: 'write_calls', label: () => text.value.plans.checklist, when: () => running.value.length > 0, run: toList },
]
export const panels: CardPanel[] = [
  { id: 'plans', section: 'do', component: Plans, when: () => own() && plans.suggested.length + plans.runs.length > 0 },
  { id: 'dispatched', section: 'do', component: Dispatched, when: () => !!page.dispatch && (page.dispatch.ack !== 'none' || page.dispatch.instructions.length > 0) },
  { id: 'plan', section: 'dialog', component: PlanDialog },
]
