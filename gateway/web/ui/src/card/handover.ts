import { computed, reactive } from 'vue'
import { ApiError } from '../api/client'
import type { Handing, HandOverKind, Referral } from '../api/desk'
import HandingPanel from '../components/card/HandingPanel.vue'
import HandOverDialog from '../components/card/HandOverDialog.vue'
import ProposedPartners from '../components/card/ProposedPartners.vue'
import TakeOver from '../components/card/TakeOver.vue'
import { page } from '../store/call'
import { session } from '../store/session'
import { text, type Words } from '../text'
import type { CardAction, CardPanel } from './model'
import { act, say } from './state'
import { refusal } from '../format'

/** Hand-over, three-party calls, call-back, the supervisor. `confirm`: what the gateway asks to be said twice, and how. */
export const moving = reactive({
  open: null as 'transfer' | 'threeway' | null,
  confirm: null as { question: Words; again: () => Promise<void> } | null,
})

/** Refusals that a person may overrule, and what says so. */
const CONFIRMS: Record<string, string> = { danger_unconfirmed: 'confirm_danger', ringing_unconfirmed: 'confirm_danger', target_closed: 'confirm_closed' }

async function ask(path: string, body: object, done: Words): Promise<void> {
  try {
    const { handing } = await act<{ handing: Handing }>(path, body)
    page.handing = handing
    Object.assign(moving, { confirm: null, open: null })
    say(done)
  } catch (error) {
    const flag = error instanceof ApiError ? CONFIRMS[error.code] : undefined
    if (!flag || !(error instanceof ApiError)) throw error
    moving.confirm = { question: refusal(error), again: () => ask(path, { ...body, [flag]: true }, done) }
  }
}

export const handOver = (kind: HandOverKind, target: string): Promise<void> => ask('handovers', { kind, target }, () => text.value.handover.done)

const live = () => page.call?.state !== 'ENDED'
/** Where there is no telephone, nothing of this can be done. */
const onLine = () => page.call?.medium !== 'text'

/** The last take-over of the call, while there is something to say of it. */
export const taking = computed(() => page.handing?.supervisions.findLast((one) => one.kind === 'take_over' && one.step !== null) ?? null)

const newest = (may: 'may_complete' | 'may_cancel'): Referral | undefined => page.handing?.referrals.findLast((one) => one[may])
const step = (n: number | undefined, what: 'complete' | 'cancel') => n === undefined ? Promise.resolve() : ask(`handovers/${n}/${what}`, {}, () => text.value.handover.done)
const whyNoHandOver = () => !live() ? text.value.handover.over : page.handing?.desk === null ? text.value.handover.noDesk : null

export const actions: CardAction[] = [
  {
    id: 'callback', combo: 'F2', place: 'header', permission: 'hand_over', label: () => text.value.handover.callback, when: onLine,
    why: () => live() ? text.value.handover.onLine : session.me?.position ? null : text.value.seats.none,
    run: () => ask('callbacks', { number: null, position: null }, () => text.value.handover.callingBack),
  },
  {
    id: 'threeway', combo: 'F3', place: 'header', permission: 'hand_over', label: () => text.value.handover.threeway, when: onLine,
    why: whyNoHandOver, run: () => void Object.assign(moving, { open: 'threeway', confirm: null }),
  },
  {
    id: 'transfer', combo: 'F4', place: 'header', permission: 'hand_over', label: () => text.value.handover.transfer, when: onLine,
    why: whyNoHandOver, run: () => void Object.assign(moving, { open: 'transfer', confirm: null }),
  },
  {
    id: 'supervisor', combo: 'F6', place: 'header', permission: 'hand_over', label: () => text.value.handover.supervisor, when: onLine,
    why: () => live() ? null : text.value.handover.over, run: () => ask('supervisions', { kind: 'escalate' }, () => text.value.handover.called),
  },
  {
    id: 'complete', combo: 'F7', place: 'header', permission: 'hand_over', label: () => text.value.handover.complete,
    when: () => !!newest('may_complete'), run: () => step(newest('may_complete')?.n, 'complete'),
  },
  {
    id: 'cancel', combo: 'F8', place: 'header', permission: 'hand_over', label: () => text.value.handover.cancel,
    when: () => !!newest('may_cancel'), run: () => step(newest('may_cancel')?.n, 'cancel'),
  },
]

export const panels: CardPanel[] = [
  { id: 'taking', section: 'alert', component: TakeOver, when: () => live() && taking.value !== null },
  { id: 'partners', section: 'alert', component: ProposedPartners, when: () => live() && onLine() && !!page.handing?.proposed.length && !page.handing.referrals.some((one) => one.target_kind === 'partner') },
  { id: 'handing', section: 'do', component: HandingPanel, when: () => !!page.handing && page.handing.referrals.length + page.handing.callbacks.length + page.handing.supervisions.length > 0 },
  { id: 'handover', section: 'dialog', component: HandOverDialog },
]
