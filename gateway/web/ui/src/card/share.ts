import ShareDialog from '../components/card/ShareDialog.vue'
import SharedPanel from '../components/card/Shared.vue'
import { page } from '../store/call'
import { pictures, refreshShared, shared, unopened, usable } from '../store/shared'
import { text } from '../text'
import type { CardAction, CardPanel } from './model'
import { act, say } from './state'

async function look(): Promise<void> {
  await refreshShared()
  if (unopened.value.length) shared.asking = 'purpose'
  else shared.seen = pictures.value.at(-1)?.digest ?? null
}

/** A link by SMS over which the caller shares position, text and pictures. */
export const actions: CardAction[] = [
  {
    id: 'share-link', combo: 'Alt+l', place: 'header', permission: 'hand_over', label: () => text.value.share.send,
    run: async () => {
      await refreshShared()
      const missing = shared.told?.sending.missing
      if (missing) return say(() => text.value.share.missing[missing] ?? missing, true)
      shared.asking = 'send'
    },
  },
  {
    id: 'share-revoke', combo: 'Alt+5', place: 'keys', permission: 'hand_over', label: () => text.value.share.revoke, when: () => usable.value,
    run: async () => {
      await act('share-link/revoke', { expected_rev: null })
      say(() => text.value.share.revoked)
    },
  },
  { id: 'share-pictures', combo: 'Alt+6', place: 'keys', permission: 'listen', label: () => text.value.share.view, when: () => !!page.call?.share?.pictures, run: look },
]

export const panels: CardPanel[] = [
  { id: 'shared', section: 'said', component: SharedPanel, when: () => !!page.call?.share },
  { id: 'share-dialog', section: 'dialog', component: ShareDialog },
]
