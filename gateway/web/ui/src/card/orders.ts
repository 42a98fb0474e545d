import Orders from '../components/card/Orders.vue'
import { router } from '../router'
import { page } from '../store/call'
import { orders } from '../store/orders'
import { may } from '../store/session'
import { text } from '../text'
import type { FieldName } from '../api/codes'
import type { CardAction, CardPanel } from './model'

const first = (...names: FieldName[]): string => names.map((name) => page.fields[name]?.[0]?.value).find(Boolean) ?? ''

/** What the card knows, laid into a new order; the person reads it over and sends it. */
async function open(): Promise<void> {
  orders.draft = {
    call_id: page.id, department: first('department'), subject: first('summary'), caller_name: first('name'),
    phone: first('phone', 'callback_number', 'caller_number'), place: first('address'),
  }
  await router.push({ name: 'orders' })
}

/** Work orders. */
export const actions: CardAction[] = [
  { id: 'order', combo: 'Shift+G', place: 'header', permission: 'write_orders', label: () => text.value.orders.card.open, run: open },
]
export const panels: CardPanel[] = [
  { id: 'orders', section: 'do', component: Orders, when: () => may('see_orders') },
]
