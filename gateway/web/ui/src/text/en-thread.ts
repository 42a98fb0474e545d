import type { Dictionary } from './zh'
import { thread as zh } from './zh-thread'

/** Text calls, in English. The templates stay in the caller's language: they are sent. */
export const thread: Dictionary['thread'] = {
  title: 'Text call', queue: 'Text calls waiting', next: 'Take the next text call', noNext: 'No text call waits.', taken: (n) => `claimed ${n}`, beyond: (n) => `${n} more`,
  claim: 'Claim', claimed: 'Claimed.', takeOver: 'Take over', write: 'Write', template: 'Next ready question', release: 'Give back', released: 'Given back: it waits again.',
  pass: 'Pass on', passTitle: 'Pass on to which position', passed: 'Passed on.', nobody: 'Nobody else sits at a position.', again: 'Send the undelivered answer again', sentAgain: 'Sent again.',
  waits: 'Waits to be claimed', claimedBy: (who, where) => `${who} (position ${where}) is on it`, left: (time) => `${time} left`, late: (time) => `${time} overdue`,
  unanswered: (time) => `unanswered for ${time}`, box: 'Answer the caller (Enter sends, Shift+Enter new line)', send: 'Send', chars: (n, of) => `${n}/${of}`,
  noNumber: 'The sender has no number and the app takes no answers: nobody can answer.', byChannel: 'answers arrive in the app', noSender: 'No sender of texts is configured ([texts.sender]): answers cannot leave.', claimFirst: 'Claim it with Alt+N, then answer.', over: 'This text call is over; the next message begins another.',
  empty: 'No message yet.', parts: (there, of) => `${there} of ${of} parts of a long message are here, waiting for the rest…`, missing: (n) => `part ${n} is missing`,
  file: 'Attachment', kept: (size) => `${size} (kept by the provider; only its digest is here)`, because: ': ', later: (time) => `sent ${time}`,
  mark: 'Text', call: { QUEUED: 'Unclaimed', ANSWERED: 'Claimed' },
  state: { received: 'received', incomplete: 'incomplete', queued: 'being sent', sent: 'sent', delivered: 'delivered', read: 'read', failed: 'not delivered', unknown: 'perhaps sent' },
  reason: { not_confirmed: 'the app has not said that it has it', not_published: 'not handed to the app, which may still fetch it', stopped: 'the gateway stopped while sending', failed: 'no reason was told', expired: 'the phone was not reached in time' },
  templates: zh.templates,
}
