import RecordDialogs from '../components/card/RecordDialogs.vue'
import RecordHead from '../components/card/RecordHead.vue'
import RecordParts from '../components/card/RecordParts.vue'
import { page } from '../store/call'
import { match, ours, records, refreshRecord } from '../store/records'
import { session } from '../store/session'
import { text } from '../text'
import type { CardAction, CardPanel } from './model'
import { actOn, say } from './state'

const manual = () => page.call?.medium === 'manual'

/** A person alone says that two are one; of the two the record is asked. */
async function same(): Promise<void> {
  const other = match.value?.call_id
  if (!other || !page.id) return
  const [record, call] = manual() ? [page.id, other] : [other, page.id]
  await actOn(record, 'record/link', { other: call, expected_rev: null })
  say(() => text.value.records.linked)
  await refreshRecord()
}

async function notSame(): Promise<void> {
  const record = manual() ? page.id : page.call?.same_as
  if (!record) return
  await actOn(record, 'record/unlink', { expected_rev: null })
  say(() => text.value.records.unlinked)
  await refreshRecord()
}

/** Records without a call, calls made for one, and the sheet on paper. */
export const actions: CardAction[] = [
  {
    id: 'ring', combo: 'Alt+k', place: 'header', permission: 'hand_over', label: () => text.value.records.ring,
    when: () => page.call?.medium !== 'text',
    why: () => session.me?.position ? null : text.value.seats.none, run: () => void (records.asking = 'ring'),
  },
  { id: 'print', combo: 'Alt+i', place: 'header', permission: 'see_calls', label: () => text.value.records.print, run: () => void (records.asking = 'print') },
  { id: 'same', combo: 'Alt+m', place: 'header', permission: 'write_calls', label: () => text.value.records.same, when: () => match.value !== null && !page.call?.same_as, run: same },
  { id: 'not-same', combo: 'Alt+u', place: 'keys', permission: 'write_calls', label: () => text.value.records.notSame, when: () => !!page.call?.same_as, run: notSame },
]

export const panels: CardPanel[] = [
  { id: 'record', section: 'alert', component: RecordHead, when: () => manual() || !!page.call?.same_as || !!page.call?.part_of || match.value !== null },
  { id: 'parts', section: 'do', component: RecordParts, when: () => ours.value && records.parts.length > 0 },
  { id: 'record-dialogs', section: 'dialog', component: RecordDialogs },
]
