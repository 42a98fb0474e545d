import * as handover from './handover'
import type { CardPanel } from './model'
import * as orders from './orders'
import * as own from './own'
import * as plans from './plans'
import * as quiet from './quiet'
import * as records from './records'
import * as share from './share'
import * as thread from './thread'
import * as together from './together'

/** Everything that stands on a card; within a section in this order. */
export const CARD_PANELS: readonly CardPanel[] = [
  ...own.panels, ...records.panels, ...quiet.panels, ...thread.panels, ...share.panels, ...together.panels, ...plans.panels, ...orders.panels, ...handover.panels,
]
