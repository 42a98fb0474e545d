import type { Order, OrderDeadline } from '../api/orders'
import { now } from '../store/time'
import { text } from '../text'

const WAITING = ['sent', 'reassigned']
const UNANSWERED = [...WAITING, 'accepted', 'in_work', 'disputed', 'returned']

/** A deadline that runs: in words, and whether it has passed. */
export interface Due {
  deadline: OrderDeadline
  at: string
  late: boolean
  words: string
}

/** Those that run now, the next one first. What has passed is said in words and time, not by colour alone. */
export function dueOf(order: Order): Due[] {
  const found: [OrderDeadline, string | null, string[], string | null][] = [['accept', order.accept_by, WAITING, order.accept_within], ['answer', order.answer_by, UNANSWERED, order.answer_within]]
  return found.flatMap(([deadline, at, states, within]) => (at !== null && states.includes(order.state) ? [told(deadline, at, within)] : []))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
}

/** A span of working time is said beside its date, for the date alone does not show that a holiday lies between. */
function reckoned(within: string | null): string {
  const found = /^([\d.]+) working (hours|days)$/.exec(within ?? '')
  return found ? text.value.orders.working[found[2] as 'hours' | 'days'](Number(found[1])) : ''
}

function told(deadline: OrderDeadline, at: string, within: string | null): Due {
  const left = Date.parse(at) - now.value
  const words = text.value.orders
  const say = left < 0 ? words.late : words.due
  return { deadline, at, late: left < 0, words: say(words.deadline_[deadline], dayTime(at) + reckoned(within), span(Math.abs(left))) }
}

/** 11-27 14:05, local; the year is plain to everybody. */
export function dayTime(iso: string): string {
  const at = new Date(iso)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`
}

function span(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  const words = text.value.orders.span
  if (minutes < 120) return words.minutes(minutes)
  return minutes < 48 * 60 ? words.hours(Math.floor(minutes / 60)) : words.days(Math.floor(minutes / 1440))
}
