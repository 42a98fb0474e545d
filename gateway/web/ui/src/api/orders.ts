// Work orders (工单) as the HTTP API has them. What a reader may do with an order, `may` says.

import { ask, query } from './client'

export const ORDER_STATES = [
  'draft', 'sent', 'accepted', 'returned', 'reassigned', 'in_work', 'answered', 'told', 'closed', 'disputed',
] as const
export type OrderState = (typeof ORDER_STATES)[number]
export type OrderDeadline = 'accept' | 'answer'
export type Satisfaction = 'satisfied' | 'neutral' | 'dissatisfied' | 'not_reached'
export type OrderStep =
  | 'drafted' | 'edited' | 'sent' | 'accepted' | 'started' | 'returned' | 'reassigned' | 'withdrawn' | 'noted' | 'answered' | 'told'
  | 'followed_up' | 'closed' | 'disputed' | 'decided' | 'supervised'
/** What can be asked of an order, as the API calls it. */
export type OrderAct =
  | 'edit' | 'send' | 'accept' | 'start' | 'return' | 'reassign' | 'note' | 'answer' | 'dispute' | 'decide' | 'tell' | 'follow-up' | 'close'

/** `by` is null where a department reads what somebody of the hall said. */
export interface Note {
  text: string
  by: string | null
  at: string
  department: string | null
}

export interface Order {
  order_id: string
  number: string
  rev: number
  state: OrderState
  department: string
  subject: string
  text: string
  caller_name: string | null
  phone: string | null
  place: string | null
  call_id: string | null
  first_receiver: string | null
  handed: number
  opened_by: string | null
  opened_at: string
  changed_at: string
  sent_at: string | null
  accepted_at: string | null
  answered_at: string | null
  told_at: string | null
  closed_at: string | null
  accept_by: string | null
  answer_by: string | null
  accept_within: string | null
  answer_within: string | null
  overdue: OrderDeadline[]
  supervised: { deadline: OrderDeadline; due_at: string; at: string }[]
  returned: Note | null
  answer: Note | null
  told: Note | null
  closing: Note | null
  dispute: { raised: Note; decision: Note | null; decided_for: string | null } | null
  follow_ups: { satisfaction: Satisfaction; note: string; by: string | null; at: string }[]
  may: OrderAct[]
}

export interface OrderList {
  items: Order[]
  next: string | null
  facets: { states: Partial<Record<OrderState, number>>; departments: Record<string, number>; overdue: number }
  departments: string[]
}

export interface HistoryStep {
  at: string
  step: OrderStep
  by: string | null
  by_department: string | null
  department: string | null
  text: string | null
  deadline: OrderDeadline | null
  satisfaction: Satisfaction | null
}

export interface Aside {
  at: string
  department: string | null
  order_id: string | null
  code: string
  why: string
  payload: string
}

export interface NewOrder {
  department: string
  subject: string
  text: string
  caller_name: string
  phone: string
  place: string
  call_id: string | null
  send: boolean
}

type Done = { rev: number; order_id: string }
const one = (id: string) => `/orders/${encodeURIComponent(id)}`

export const ordersApi = {
  list: (wanted: Record<string, string | undefined>) => ask<OrderList>('GET', `/orders${query(wanted)}`),
  order: (id: string) => ask<{ order: Order; history: HistoryStep[] }>('GET', one(id)),
  open: (request_id: string, order: NewOrder) => ask<Done>('POST', '/orders', { request_id, ...order }),
  act: (id: string, act: OrderAct, body: object) => ask<Done>('POST', `${one(id)}/${act}`, body),
  asides: () => ask<{ items: Aside[] }>('GET', '/order-asides'),
}
