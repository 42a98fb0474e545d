import { computed, reactive } from 'vue'
import { ApiError, training } from '../api/client'
import { drillApi, type Progress, type Run, type Scenario, type Seat } from '../api/drill'
import { may, session } from './session'
import { listen } from './stream'

// Runs of the training, as the trainer and the trainee see them. In the hall nothing here is ever asked.

export const drill = reactive({
  scenarios: [] as Scenario[], seats: [] as Seat[], speeds: [1] as number[], fault: null as string | null,
  runs: [] as Run[], progress: {} as Record<string, Progress>,
})
const LIVE = ['running', 'paused']
export const isLive = (run: Run): boolean => LIVE.includes(run.state)
export const liveRuns = computed(() => drill.runs.filter(isLive))
/** The run at one's own position: its phone is on every page. */
export const ownRun = computed(() => liveRuns.value.find((run) => run.trainee === session.me?.username) ?? null)

export async function loadRuns(): Promise<void> {
  if (!training.value || !may('write_calls')) return
  Object.assign(drill, await drillApi.runs())
}

export async function loadScenarios(): Promise<void> {
  if (!training.value || !may('supervise')) return
  const told = await drillApi.scenarios()
  Object.assign(drill, { scenarios: told.items, seats: told.seats, speeds: told.speeds, fault: told.fault })
}

/** What the gateway answered stands at once; the news that follows says the same. */
export function put(run: Run): void {
  const at = drill.runs.findIndex((one) => one.run_id === run.run_id)
  if (at < 0) drill.runs.unshift(run)
  else drill.runs[at] = run
}

async function quietly(work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
  }
}

listen('hello', () => void quietly(loadRuns))
listen('drill', (run) => {
  if (!may('supervise') && run.trainee !== session.me?.username) return
  put(run)
  if (!isLive(run)) void quietly(loadRuns)
})
listen('position', () => void quietly(loadScenarios))
