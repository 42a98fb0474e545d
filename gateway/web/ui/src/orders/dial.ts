import { reactive } from 'vue'
import { api, ApiError } from '../api/client'
import type { Handing } from '../api/desk'
import type { Order } from '../api/orders'
import { actOn } from '../card/state'
import { may, session } from '../store/session'
import { text, type Words } from '../text'
import { refusal } from '../format'

/** The follow-up call of an order is a call-back of the call it came from: one's own phone first, then the caller's. */
type CallBack = Handing['callbacks'][number]

export const dial = reactive({
  /** Of which order. */
  order: null as string | null,
  made: null as CallBack | null,
  /** The gateway wants it said twice: a ringing phone may betray the caller. */
  confirm: null as Words | null,
  fault: null as Words | null,
  busy: false,
})

const LOOK_MS = 2_000
/** What is still under way after that is on the call's own card. */
const LOOKS = 60
const OVER = new Set(['ended', 'refused', 'unknown'])
const NUMBER = /^\+?\d{3,32}$/
let looking: ReturnType<typeof setTimeout> | undefined

export const dialable = (order: Order | null): order is Order & { call_id: string } => !!order?.call_id && may('hand_over') && may('write_orders')
export const forgetDial = (): void => {
  clearTimeout(looking)
  Object.assign(dial, { order: null, made: null, confirm: null, fault: null, busy: false })
}

/** Rings the number that the order names, else the caller's own. True: the PBX has it. */
export async function dialCaller(order: Order, confirmed = false): Promise<boolean> {
  if (!dialable(order) || dial.busy) return false
  if (!session.me?.position) {
    Object.assign(dial, { order: order.order_id, fault: () => text.value.orders.noSeat })
    return false
  }
  clearTimeout(looking)
  Object.assign(dial, { order: order.order_id, made: null, confirm: null, fault: null, busy: true })
  const number = order.phone && NUMBER.test(order.phone) ? order.phone : null
  try {
    const body = { number, position: null, whom: 'caller', expected_rev: null, ...(confirmed ? { confirm_danger: true } : {}) }
    const { handing, n } = await actOn<{ handing: Handing; n: number }>(order.call_id, 'callbacks', body)
    dial.made = handing.callbacks.find((one) => one.n === n) ?? handing.callbacks.at(-1) ?? null
    look(order.call_id, 0)
    return true
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.code === 'ringing_unconfirmed') dial.confirm = refusal(error)
    else dial.fault = refusal(error)
    return false
  } finally {
    dial.busy = false
  }
}

/** How it went, asked until it is over: news of a call come only to its own card. */
function look(call: string, times: number): void {
  const made = dial.made
  if (!made || OVER.has(made.state) || times >= LOOKS) return
  looking = setTimeout(() => {
    void api.call(call).then(({ handing }) => {
      if (dial.made?.n === made.n) dial.made = handing?.callbacks.find((one) => one.n === made.n) ?? made
    }).catch(() => undefined).finally(() => look(call, times + 1))
  }, LOOK_MS)
}
