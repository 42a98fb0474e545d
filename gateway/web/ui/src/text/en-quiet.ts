import type { Dictionary } from './zh'

/** Calls that say little: silence, abandoned calls, text, in English. */
export const quiet: Dictionary['quiet'] = {
  title: 'To call back', none: 'Nobody waits to be called back.', waits: (n) => `${n}`, overdue: 'overdue', due: 'due', left: (time) => `${time} left`, late: (time) => `${time} overdue`,
  unreachable: 'Number unknown: cannot be called', claimedBy: (who) => `${who} is on it`, tries: (n) => `tried ${n}×`, hungUp: (time) => `hung up ${time}`,
  beyond: (n) => `${n} more`, aside: (n, time) => `${n} unanswered calls that look like a flood (since ${time}) are not listed; the evidence keeps them`,
  next: 'Take the next call-back', noNext: 'No call-back waits unclaimed.', claim: 'Claim call-back', claimed: 'Claimed. F2 calls back.', saved: 'Noted.',
  safe: 'Reached: safe', emergency: 'Reached: emergency', noAnswer: 'No answer', cannot: 'Unreachable', closedBy: (who) => `closed by ${who}`, closedItself: 'closed itself', merged: 'The same number called again and was answered',
  card: 'Hung up unanswered: call back', asideHere: 'The call looks like part of a flood, so its call-back is not listed; claim it to list it.',
  outcome: { reached_safe: 'Reached: safe', reached_emergency: 'Reached: emergency', no_answer: 'No answer to several call-backs', unreachable: 'Unreachable', merged: 'Called again and was answered', lapsed: 'Nobody dealt with it in 24 hours' },
}
