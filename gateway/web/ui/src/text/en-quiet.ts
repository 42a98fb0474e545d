import type { Dictionary } from './zh'
import { some } from './plural'

/** Calls that say little: silence, abandoned calls, text, in English. */
export const quiet: Dictionary['quiet'] = {
  title: 'To call back', none: 'Nobody waits to be called back.', waits: (n) => `${n}`, overdue: 'overdue', due: 'due', left: (time) => `${time} left`, late: (time) => `${time} overdue`,
  unreachable: 'Number unknown: cannot be called', claimedBy: (who) => `${who} is on it`, tries: (n) => `tried ${n}×`, hungUp: (time) => `hung up ${time}`,
  beyond: (n) => `${n} more`, aside: (n, time) => `${n} unanswered calls that look like a flood (since ${time}) are not listed; the evidence keeps them`,
  next: 'Take the next call-back', noNext: 'No call-back waits unclaimed.', claim: 'Claim call-back', claimed: 'Claimed. F2 calls back.', saved: 'Noted.',
  safe: 'Reached: safe', emergency: 'Reached: emergency', noAnswer: 'No answer', cannot: 'Unreachable', closedBy: (who) => `closed by ${who}`, closedItself: 'closed itself', merged: 'The same number called again and was answered',
  card: 'Hung up unanswered: call back', asideHere: 'The call looks like part of a flood, so its call-back is not listed; claim it to list it.',
  outcome: { reached_safe: 'Reached: safe', reached_emergency: 'Reached: emergency', no_answer: 'No answer to several call-backs', unreachable: 'Unreachable', merged: 'Called again and was answered', lapsed: 'Nobody dealt with it in 24 hours' },
  panel: 'Silent caller', sounds: (n, last) => `Last minute: voice ${n.voice} s, breath ${n.breath} s, taps ${n.taps} s, quiet ${n.quiet} s; now ${last}`,
  noSound: 'The caller\'s side cannot be heard yet.', silentFor: (time) => `silent for ${time}`, keys: (n) => `${some(n, 'key')}:`, noKeys: 'No key pressed.', taps: (n) => some(n, 'knock'),
  start: 'Play silent prompt', stop: 'Stop silent prompt', started: 'Asked for: the caller alone hears "press one".', stopped: 'Stopped.', times: (n) => `played ${n}×`, noPrompt: 'No prompt so far.',
  prompt: { watching: 'listening whether the caller speaks', spoke: 'the caller spoke: not played', asked: 'asked for', playing: 'the caller hears the prompt', played: 'the caller has heard the prompt', stopped: 'prompt stopped', failed: 'could not be played: press again' },
  mute: 'Only the caller hears the prompt: neither you nor the recording. So that the caller does not hear you, use your phone\'s mute key.',
  alarm: 'Silent alarm', alarms: (n) => `Silent alarms: ${n}`, mark: 'silent', raise: 'Raise silent alarm', raised: 'Silent alarm raised.', see: 'I deal with it', seen: 'Noted: you deal with it.', end: 'End silent alarm', ended: 'Silent alarm ended.', seenBy: (who) => `${who} deals with it`, unseen: 'nobody deals with it',
  advice: 'Do not make the caller speak: ask yes-or-no questions, key 1 means yes. Do not ring back unconfirmed.', alarmOver: (why, who, time) => `Silent alarm (${why}) ended by ${who} at ${time}`,
  cause: { key: 'pressed 1 after the prompt', other_key: 'pressed another key after the prompt', taps: 'knocked after the prompt', code_word: 'said a code word', person: 'a call-taker understood' },
  endTitle: 'End the silent alarm', endExplain: 'Only a person can. The rules then judge again; the danger "cannot speak" stays marked.', endWhy: 'Why it ends', endReasons: ['Spoke with the caller: safe', 'Officers are there', 'Pressed by mistake', 'Equipment test'],
}
