import { computed, reactive } from 'vue'
import { ApiError } from '../api/client'
import { ordersApi, type Aside, type HistoryStep, type NewOrder, type Order, type OrderAct, type OrderList, type OrderState } from '../api/orders'
import { text, type Words } from '../text'
import { may } from './session'
import { listen } from './stream'
import { refusal } from '../format'

/** News of several orders that come together are one question. */
const NEWS_TOGETHER_MS = 250
const COUNT_AFTER_MS = 2_000
const PAGE = '100'

export const orders = reactive({
  items: [] as Order[],
  next: null as string | null,
  facets: { states: {}, departments: {}, overdue: 0 } as OrderList['facets'],
  departments: [] as string[],
  loaded: false,
  failed: null as Words | null,
  /** What is wanted: '' is every state but closed, every department. */
  state: '' as OrderState | '',
  department: '',
  overdue: false,
  search: '',
  /** The order on the right, whole. */
  chosen: null as string | null,
  open: null as Order | null,
  history: [] as HistoryStep[],
  asides: null as Aside[] | null,
  /** The answer to the last thing that was done. */
  said: null as { text: Words; wrong: boolean } | null,
  busy: false,
  /** What a new order begins with, by who brings the reader here. */
  draft: null as Partial<NewOrder> | null,
})

/** Those past a deadline first, then the newest. */
export const shown = computed(() => [...orders.items].sort((a, b) => Number(b.overdue.length > 0) - Number(a.overdue.length > 0)))

let asked = 0

export async function loadOrders(more = false): Promise<void> {
  const turn = ++asked
  const wanted = {
    state: orders.state || undefined, department: orders.department || undefined, overdue: orders.overdue ? 'true' : undefined,
    q: orders.search.trim() || undefined, limit: PAGE, cursor: more ? (orders.next ?? undefined) : undefined,
  }
  try {
    const answer = await ordersApi.list(wanted)
    if (turn !== asked) return
    const known = new Set(answer.items.map(({ order_id }) => order_id))
    const items = more ? [...orders.items.filter(({ order_id }) => !known.has(order_id)), ...answer.items] : answer.items
    Object.assign(orders, { items, next: answer.next, facets: answer.facets, departments: answer.departments, loaded: true, failed: null })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    orders.failed = refusal(error)
  }
}

export async function choose(id: string | null): Promise<void> {
  if (id !== orders.chosen) orders.said = null
  orders.chosen = id
  if (id === null) return void Object.assign(orders, { open: null, history: [] })
  try {
    const answer = await ordersApi.order(id)
    if (orders.chosen === id) Object.assign(orders, { open: answer.order, history: answer.history })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (orders.chosen !== id) return
    if (error.status === 404) Object.assign(orders, { chosen: null, open: null, history: [] })
    else say(refusal(error), true)
  }
}

export function say(words: Words, wrong = false): void {
  orders.said = { text: words, wrong }
}

/** What is under way: its key, and when its outcome stands on the page. */
let underWay: { key: string; done: Promise<unknown> } | null = null

/** One thing at a time. A key pressed ten times is one step: the same again while it is under way is null. Something else waits its turn. */
async function alone<T>(key: string, work: () => Promise<T>): Promise<T | null> {
  while (underWay) {
    if (underWay.key === key) return null
    await underWay.done
  }
  Object.assign(orders, { busy: true, said: null })
  const done = work()
  underWay = { key, done: done.catch(() => undefined) }
  try {
    return await done
  } finally {
    underWay = null
    orders.busy = false
  }
}

/** request_ids of what was sent and never answered: sent again it must not be done twice. */
const unanswered = new Map<string, string>()

async function once<T>(what: string, send: (request_id: string) => Promise<T>): Promise<T | null> {
  const request_id = unanswered.get(what) ?? crypto.randomUUID()
  unanswered.set(what, request_id)
  try {
    const answer = await send(request_id)
    unanswered.delete(what)
    return answer
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.code !== 'unreachable') unanswered.delete(what)
    say(refusal(error), true)
    return null
  }
}

/** Asks something of the open order. True: done. What went wrong stands beside the buttons, nothing typed is lost. */
export async function act(what: OrderAct, body: object = {}): Promise<boolean> {
  const id = orders.open?.order_id
  if (!id) return false
  const key = `${id} ${what} ${JSON.stringify(body)}`
  const done = await alone(key, async () => {
    const order = orders.open
    if (order?.order_id !== id) return null
    const answer = await once(key, (request_id) => ordersApi.act(id, what, { request_id, expected_rev: order.rev, ...body }))
    const wrong = orders.said
    await Promise.all([choose(id), loadOrders()])
    orders.said = wrong ?? (answer ? { text: () => text.value.orders.done[what], wrong: false } : null)
    return answer
  })
  return done !== null
}

export async function openOrder(order: NewOrder): Promise<boolean> {
  const key = `new ${JSON.stringify(order)}`
  const done = await alone(key, async () => {
    const answer = await once(key, (request_id) => ordersApi.open(request_id, order))
    if (!answer) return null
    orders.draft = null
    await Promise.all([choose(answer.order_id), loadOrders()])
    say(() => order.send ? text.value.orders.done.send : text.value.orders.drafted)
    return answer
  })
  return done !== null
}

export async function loadAsides(): Promise<void> {
  try {
    orders.asides = (await ordersApi.asides()).items
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    say(refusal(error), true)
  }
}

/** How many stand where, for the top bar of whoever is on another page. A failure leaves the last figures. */
async function refreshFacets(): Promise<void> {
  if (!may('see_orders') || watching) return
  const answer = await ordersApi.list({ limit: '1' }).catch(() => null)
  if (answer) orders.facets = answer.facets
}

let timer: ReturnType<typeof setTimeout> | undefined
let counting: ReturnType<typeof setTimeout> | undefined
let watching = 0

listen('hello', () => void refreshFacets())
listen('order', () => {
  clearTimeout(counting)
  counting = setTimeout(() => void refreshFacets(), COUNT_AFTER_MS)
})

function refresh(): void {
  clearTimeout(timer)
  timer = setTimeout(() => {
    void loadOrders()
    if (orders.chosen) void choose(orders.chosen)
  }, NEWS_TOGETHER_MS)
}

/** While a page shows orders: they are fetched, and again whenever one of them changes. Ends with the returned function. */
export function watchOrders(): () => void {
  watching++
  void loadOrders()
  const stops = [listen('order', () => refresh()), listen('hello', () => refresh())]
  return () => {
    watching--
    stops.forEach((stop) => stop())
    if (!watching) clearTimeout(timer)
  }
}
