import * as handover from './handover'
import type { CardAction } from './model'
import * as orders from './orders'
import * as own from './own'
import * as plans from './plans'
import * as quiet from './quiet'
import * as records from './records'
import * as share from './share'
import * as thread from './thread'
import * as together from './together'

/** Everything a person can do with a call, in the order of the bar: the bar and the overview of keys show this list. */
export const CARD_ACTIONS: readonly CardAction[] = [
  ...handover.actions, ...records.actions, ...quiet.actions, ...thread.actions, ...share.actions, ...orders.actions, ...together.actions, ...plans.actions, ...own.actions,
]
