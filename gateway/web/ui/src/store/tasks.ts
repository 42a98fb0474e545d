import { computed, reactive } from 'vue'
import { ApiError } from '../api/client'
import { tasksApi, type TaskLine, type TaskList } from '../api/tasks'
import { actOn } from '../card/state'
import { may } from './session'
import { listen } from './stream'

/** Several news within a moment are one question. */
const NEWS_TOGETHER_MS = 300

/** Callers who hung up unanswered and are to be rung back, oldest first. */
export const tasks = reactive({ told: null as TaskList | null })
export const waiting = computed(() => tasks.told?.items ?? [])
export const nextTask = computed<TaskLine | null>(() => waiting.value.find((one) => one.state === 'open') ?? null)

export async function refreshTasks(): Promise<void> {
  if (!may('see_calls')) return
  try {
    tasks.told = await tasksApi.list()
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
  }
}

export const claimTask = (callId: string): Promise<unknown> => actOn(callId, 'task/claim', { expected_rev: null })

let looking: ReturnType<typeof setTimeout> | undefined
function lookSoon(): void {
  looking ??= setTimeout(() => {
    looking = undefined
    void refreshTasks()
  }, NEWS_TOGETHER_MS)
}

listen('hello', () => void refreshTasks())
listen('call', (call) => {
  if (call.task) lookSoon()
})
