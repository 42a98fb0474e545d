import type { Dictionary } from './zh'
import { some } from './plural'

/** The quality watch in English. */
export const quality: Dictionary['quality'] = {
  title: 'Verdict quality', tabs: { figures: 'How right', rules: 'Rule by rule', disagreements: 'Disagreements' },
  lead: (days, decided, right) => `In the last ${days} days people decided on ${decided} calls; where the machine had a verdict, ${right} were as people said.`,
  packs: {
    which: 'Judged by which rules', all: 'All rule packs', active: 'active', unknown: 'an older pack', title: 'How each pack did', explain: 'Calls counted by the pack that judged them; ± are points against the pack before. Choose one to see it alone.', pack: 'Rule pack', days: 'Days on which it judged', judged: 'Judged', decided: 'Decided', span: (since, until) => `${since} to ${until}`, key: 'Choose a rule pack',
  },
  missed: 'Missed alarms', missedExplain: (alarms) => `of ${alarms} alarms, judged non-police by the machine`,
  drift: (name, day, share, low, high) => `${day}: ${name} ${share}; usual is ${low} to ${high}.`,
  driftTitle: 'Not as usual', driftNone: 'Nothing departs from the usual.', driftFew: 'Too few calls yet to know what is usual.',
  driftCure: 'Look first at the rules that were wrong of late, then whether callers tell of something new.',
  watched: {
    valid_alarm: 'share judged alarm', non_police: 'share judged non-police', unsure: 'share unsure', overturned: 'share overturned by people', raised: 'share stopped by the second opinion', missed: 'share of alarms judged non-police',
  },
  trends: {
    missed: 'Missed alarms', precision_alarm: 'Judged alarm, and was one', recall_alarm: 'Was an alarm, and judged so', precision_non_police: 'Judged non-police, and was', coverage: 'Had a verdict (not unsure)',
  },
  goal: (share) => `goal ${share}`, lowest: (share, day) => `lowest ${share} (${day})`, most: (n, day) => `most ${n} (${day})`, noTrend: 'No data in this time.',
  chart: (title, now, worst) => `${title}: latest ${now}, ${worst}`,
  classes: 'Classes', natures: 'Natures', departments: 'Departments', opinion: 'Second opinion (learnt; never decides non-police alone)',
  code: 'Name', said: 'Said', true: 'Was', right: 'Right', precision: 'Precision', recall: 'Recall', trend: 'Recall over time',
  precisionHint: 'Precision: of calls judged so, how many were. Recall: of those that were, how many were judged so. What a call was is the call-taker\'s disposition, or the word of whoever looked again.',
  few: 'too few to rely on',
  matrix: 'Machine said (rows), was (columns)', matrixOf: (said, true_, calls) => `said ${said}, was ${true_}: ${calls} calls`,
  rule: 'Rule', fired: 'Fired', decided: 'Decided', wrong: 'Wrong', last: 'Last', never: 'never', inactive: 'not in use', openRule: 'To the workshop', search: 'Find a rule',
  silent: (n, days) => `${some(n, 'rule')} did not fire once in ${some(days, 'day')}`, silentWhy: 'They may be too narrow, or such calls are rare. No need to delete them: see whether their examples still sound like callers.', noSilent: 'Every rule has fired.', noRules: 'No rule fired lately.',
  waiting: (n) => `${n} to look at`, queueLead: 'Calls on which rules, second opinion and person differ, the gravest first. Listen and say who is right: it teaches rules and model, and changes nothing of the call.',
  queueEmpty: 'No call is in dispute.', queueEmptyWhy: 'Source: once a call is settled and rules, second opinion and call-taker differ, it waits here for a second look.',
  about: { missed: 'maybe missed', class: 'class differs', nature: 'nature differs', department: 'department differs' },
  party: { rules: 'Rules', model: 'Second opinion', person: 'Call-taker' }, silentParty: 'says nothing', score: (share) => `${share} sure`, raised: 'the second opinion turned "non-police" into "unsure"',
  rightOne: { rules: 'Rules are right', model: 'Second opinion is right', person: 'Call-taker is right' }, otherOne: 'None of them…', saveLabel: 'That is it', labelled: (said) => `Noted: ${said}`, openCard: 'Open the card', pick: 'Choose a call to read and hear it.', noLabel: 'Your role sees no calls; here are figures only.',
  empty: (days) => `No call was settled in the last ${days} days.`, emptyWhy: 'Source: whenever a call-taker settles a call, the machine\'s verdict is held against it.',
  keys: { tabs: 'How right / rule by rule / disagreements', move: 'Call before / after', label: 'Rules / second opinion / call-taker right', other: 'None of them', open: 'Open the card', search: 'Find a rule' },
}
