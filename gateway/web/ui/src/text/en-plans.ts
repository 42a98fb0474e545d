import type { Dictionary } from './zh'
import { some } from './plural'

/** Response plans, and what the dispatch core tells, in English. */
export const plans: Dictionary['plans'] = {
  title: 'Response plans', action: 'Plan', choose: 'Which plan to start', search: 'Find by name', none: 'There is no plan to start.', start: 'Start', suggested: 'suggested', major: 'major', items: (n) => `${n} items`,
  advice: 'The machine suggests; a person starts. Other plans', done: (done, of) => `${done} of ${of} done`, started: (who, when) => `started by ${who} ${when}`, tell: 'Tell', announce: 'Announce:',
  end: 'End the plan', endIt: 'End the plan…', note: 'How it ended (may be left out)', over: (who, when) => `ended by ${who} ${when}`, checklist: 'to the checklist', banner: 'Major incident:', open: 'Open',
  unsigned: 'Not signed off', bucket: (from, to) => (to === null ? `over ${from} s` : `${from}–${to} s`), unacknowledged: (n) => `The dispatch core did not acknowledge ${some(n, 'alarm')}: telephone now`,
  dispatch: {
    title: 'Dispatch', missing: 'No acknowledgement from the dispatch core: telephone the dispatch desk now', awaited: 'Waiting for the acknowledgement', acknowledged: (who, when) => `Taken by dispatch ${who} ${when}`, unsigned: 'not signed off', within: (s) => `${s} s`,
    more: (n) => `${n} earlier instructions`, tile: { missing: 'no ack', unsigned: 'unsigned' },
    step: { instruction: 'sent', sign_off: 'signed off', departure: 'set out', arrival: 'arrived', feedback: 'feedback', cancel: 'called off' },
  },
}
