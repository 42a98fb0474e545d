import Repeat from '../components/card/Repeat.vue'
import Together from '../components/card/Together.vue'
import TogetherAlert from '../components/card/TogetherAlert.vue'
import { router } from '../router'
import { page } from '../store/call'
import { chooseNext, chosen, company, fresh, linkChosen, markSeen, unlink, unsuspect } from '../store/together'
import { text } from '../text'
import type { CardAction, CardPanel } from './model'
import { say } from './state'

const own = () => company.of === page.id
const incident = () => (own() ? company.told.incident : null)

/** Repeat callers, incidents, surge and floods. */
export const actions: CardAction[] = [
  {
    id: 'link', combo: 'Shift+L', place: 'header', permission: 'write_calls', label: () => text.value.together.link,
    when: () => own() && chosen.value !== null && (incident() === null || chosen.value.incident_id === null),
    run: async () => {
      await linkChosen()
      say(() => text.value.together.linked)
    },
  },
  {
    id: 'unlink', combo: 'Shift+U', place: 'header', permission: 'write_calls', label: () => text.value.together.unlink,
    when: () => incident() !== null,
    run: async () => {
      await unlink()
      say(() => text.value.together.unlinked)
    },
  },
  {
    id: 'seen', combo: 'Shift+N', place: 'header', permission: 'write_calls', label: () => text.value.together.seen,
    when: () => own() && fresh.value.length > 0, run: markSeen,
  },
  {
    id: 'unsuspect', combo: 'Shift+H', place: 'header', permission: 'write_calls', label: () => text.value.together.unsuspect,
    when: () => own() && company.told.suspicion !== null, run: unsuspect,
  },
  {
    id: 'incident', combo: 'i', place: 'keys', permission: 'see_calls', label: () => text.value.together.open,
    when: () => incident() !== null,
    run: () => void router.push({ name: 'incident', params: { id: incident()!.incident_id } }),
  },
  {
    id: 'next-suggestion', combo: '.', place: 'keys', permission: 'see_calls', label: () => text.value.together.next,
    when: () => own() && company.told.suggestions.length > 1, run: chooseNext,
  },
]
export const panels: CardPanel[] = [
  { id: 'together-alert', section: 'alert', component: TogetherAlert, when: () => own() && (fresh.value.length > 0 || company.told.surge !== null || company.told.suspicion !== null) },
  { id: 'repeat', section: 'who', component: Repeat, when: () => own() && company.told.repeat !== null },
  { id: 'together', section: 'do', component: Together, when: () => own() && (company.told.suggestions.length > 0 || company.told.incident !== null) },
]
