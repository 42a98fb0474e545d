import { computed, reactive, watch } from 'vue'
import { ApiError } from '../api/client'
import { plansApi, type Plan, type Run, type RunBrief, type Suggested, type Waiting } from '../api/plans'
import { actOn } from '../card/state'
import { page } from './call'
import { may } from './session'
import { listen } from './stream'
import { now } from './time'

/** Several news within a moment are one question. */
const NEWS_TOGETHER_MS = 300
/** Sign-off times are counted within these seconds; the last bucket is what takes longer. */
export const BUCKETS_S = [30, 60, 120, 180] as const

/** Plans of the call on the page. `of`: which call they are of. */
export const plans = reactive({ of: null as string | null, suggested: [] as Suggested[], runs: [] as Run[], all: [] as Plan[], open: false, ending: null as string | null })
/** For every screen: what runs, and what does not come from the dispatch core. */
export const hall = reactive({ running: [] as RunBrief[], waiting: [] as Waiting[] })

export const running = computed(() => (plans.of === page.id ? plans.runs.filter((run) => run.ended_at === null) : []))
export const ended = computed(() => (plans.of === page.id ? plans.runs.filter((run) => run.ended_at !== null) : []))
export const major = computed(() => hall.running.filter((run) => run.major))

/** How many instructions wait for their sign-off, by how long: one count more than there are limits. */
export const buckets = computed(() => {
  const counts = Array<number>(BUCKETS_S.length + 1).fill(0)
  for (const one of hall.waiting.filter((each) => each.kind === 'sign_off')) {
    const waited = (now.value - Date.parse(one.since)) / 1000
    const found = BUCKETS_S.findIndex((limit) => waited < limit)
    const at = found < 0 ? BUCKETS_S.length : found
    counts[at] = (counts[at] ?? 0) + 1
  }
  return counts
})
export const unacknowledged = computed(() => hall.waiting.filter((each) => each.kind === 'ack'))

export async function refreshPlans(): Promise<void> {
  const id = page.id
  if (!id || !may('see_calls')) return
  try {
    const told = await plansApi.ofCall(id)
    if (page.id === id) Object.assign(plans, { of: id, ...told })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
  }
}

async function refreshHall(): Promise<void> {
  if (!may('see_board')) return
  try {
    const [told, owed] = await Promise.all([plansApi.all(), plansApi.waiting()])
    plans.all = told.plans
    Object.assign(hall, { running: told.running, waiting: owed.items })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
  }
}

export async function start(code: string): Promise<void> {
  await actOn(page.id ?? '', 'plans', { code })
  plans.open = false
  await refreshPlans()
}

export async function tick(run: Run, item: string, done: boolean): Promise<void> {
  await plansApi.tick(run.run_id, item, done)
  await refreshPlans()
}

export async function end(run: Run, note: string): Promise<void> {
  await plansApi.end(run.run_id, note)
  plans.ending = null
  await refreshPlans()
}

function soon(then: () => void): () => void {
  let asking: ReturnType<typeof setTimeout> | undefined
  return () => {
    asking ??= setTimeout(() => {
      asking = undefined
      then()
    }, NEWS_TOGETHER_MS)
  }
}

const plansSoon = soon(() => void refreshPlans())
const hallSoon = soon(() => void refreshHall())

listen('hello', () => {
  plansSoon()
  hallSoon()
})
listen('plan', (run) => {
  hall.running = [...hall.running.filter((each) => each.run_id !== run.run_id), ...(run.over ? [] : [run])]
  plansSoon()
})
/** What a suggestion rests on. */
watch(() => page.call && [page.id, page.call.class, page.call.nature, page.call.priority, page.call.vetoes.length, page.call.incident, page.call.disposition, page.fields.people_injured?.length].join(), plansSoon)
/** A step at the dispatch core moves a line of the board: what waits is fetched anew. */
const owes = new Map<string, string>()
listen('call', (call) => {
  const told = JSON.stringify([call.dispatch?.ack, call.dispatch?.unsigned])
  if ((owes.get(call.call_id) ?? '["none",0]') === told) return
  owes.set(call.call_id, told)
  hallSoon()
})
