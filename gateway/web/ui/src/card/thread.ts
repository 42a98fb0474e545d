import { reactive } from 'vue'
import PassDialog from '../components/card/PassText.vue'
import ThreadPanel from '../components/card/Thread.vue'
import { page } from '../store/call'
import { session } from '../store/session'
import { claimText, failed, isOurs, isText, refreshThread } from '../store/thread'
import { text } from '../text'
import type { CardAction, CardPanel } from './model'
import { act, say } from './state'

/** Text calls: claimed by one, answered in writing. `write`, `template`: counted up to ask the panel for it. */
export const writing = reactive({ focus: 0, template: 0, passing: false })

const open = () => isText() && page.call?.state !== 'ENDED'
const mine = () => open() && isOurs()

export const actions: CardAction[] = [
  {
    id: 'claim-text', combo: 'Alt+n', place: 'header', permission: 'write_calls', label: () => text.value.thread.claim,
    when: () => open() && !isOurs(), why: () => session.me?.position ? null : text.value.seats.none,
    run: async () => {
      await claimText(page.id ?? '')
      say(() => text.value.thread.claimed)
      writing.focus++
    },
  },
  {
    id: 'take-text-over', combo: 'Alt+o', place: 'header', permission: 'supervise', label: () => text.value.thread.takeOver,
    when: () => open() && !!page.call?.text?.claimed_by && !isOurs(), why: () => session.me?.position ? null : text.value.seats.none,
    run: async () => {
      await act('text/claim', { take_over: true, expected_rev: null })
      say(() => text.value.thread.claimed)
    },
  },
  {
    id: 'write-text', combo: 'Alt+w', place: 'header', permission: 'write_calls', label: () => text.value.thread.write, when: mine,
    run: () => void writing.focus++,
  },
  {
    id: 'template-text', combo: 'Alt+q', place: 'keys', permission: 'write_calls', label: () => text.value.thread.template, when: mine,
    run: () => void writing.template++,
  },
  {
    id: 'release-text', combo: 'Alt+g', place: 'header', permission: 'write_calls', label: () => text.value.thread.release, when: mine,
    run: async () => {
      await act('text/release', { expected_rev: null })
      say(() => text.value.thread.released)
    },
  },
  {
    id: 'pass-text', combo: 'Alt+j', place: 'header', permission: 'write_calls', label: () => text.value.thread.pass, when: mine,
    run: () => void (writing.passing = true),
  },
  {
    id: 'resend-text', combo: 'Alt+z', place: 'header', permission: 'write_calls', label: () => text.value.thread.again,
    when: () => mine() && failed.value !== null,
    run: async () => {
      await act('text/messages/again', { index: failed.value?.index, expected_rev: null })
      await refreshThread()
      say(() => text.value.thread.sentAgain)
    },
  },
]
export const panels: CardPanel[] = [
  { id: 'thread', section: 'said', component: ThreadPanel, when: isText },
  { id: 'pass-text', section: 'dialog', component: PassDialog, when: isText },
]
