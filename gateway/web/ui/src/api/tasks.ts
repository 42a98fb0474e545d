import { ask } from './client'

/** The call-back that an abandoned call left. */
export interface Task {
  state: 'open' | 'claimed' | 'aside' | 'closed'
  since: string
  due_at: string
  overdue: boolean
  /** False: the number was withheld. */
  reachable: boolean
  claimed_by: string | null
  claimed_at: string | null
  tries: number
  outcome: string | null
  closed_at: string | null
  closed_by: string | null
  merged_into: string | null
}

export interface TaskLine extends Task {
  call_id: string
  number: string | null
  district: string | null
  waited_ms: number
}

export interface TaskList {
  items: TaskLine[]
  beyond: number
  aside: number
  aside_since: string | null
  tries: number
}

export const tasksApi = { list: () => ask<TaskList>('GET', '/call-back-tasks') }
