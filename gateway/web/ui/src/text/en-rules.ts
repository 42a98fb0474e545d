import type { Dictionary } from './zh'
import { some } from './plural'

/** The rule workshop in English. */
export const rules: Dictionary['rules'] = {
  tree: 'Rules', find: 'Find a rule', rule: 'Rule', counted: (days) => `fired, ${days} days`, nothingFound: 'No rule matches.', other: 'Other', nobody: 'Nobody\'s (wrong number, test…)',
  parts: { alarm: 'Valid alarm', civil: 'Non-police', unsure: 'Unsure', veto: 'Veto on "non-police"', shared: 'Shared words' },
  sharedNames: { words: 'Word groups', harmless: 'Harmless words', duties: 'Duties' },
  sharedWhat: { words: 'Word groups: phrases under one name; a rule that says <name> means any of them.', harmless: 'Harmless words: no danger is read into them.', duties: 'Duties: the reason shown on the card when a call is handed over.' },
  changedMark: 'changed', plain: 'What the rule means', yaml: 'The rule as written', pick: 'Choose a rule on the left.', line: (n) => `Line ${n}`,
  add: 'Add one', write: 'Edit', unsaved: 'Not saved', locked: 'Submitted: send back to edit', readOnly: 'You may read, not write.',
  recalled: 'What you had not saved last time is still here.', stale: (names) => `${names || 'Somebody'} just changed this. Nothing of yours is lost: it lies over the new text. Look at the difference, then save.`, clash: 'Both changed, yours stands:',
  check: { checking: 'Checking…', good: 'No errors, examples pass', errors: (n) => `${n} errors: mend them to save`, unreachable: 'The check did not answer; it tries again', elsewhere: (n) => `${n} more elsewhere` },
  files: {
    title: 'Files of the rule pack', short: 'Files', key: 'Files: new, rename, remove', explain: 'Nothing is saved yet by what you do here; faults are told at once. Veto lists lie under veto/: two people must approve a change of one.', newFile: 'New file', newName: (file) => `New name of ${file}`, add: 'Make', rename: 'Rename', remove: 'Remove', takeBack: 'Take back', close: 'Close',
    rules: (n) => some(n, 'rule'), faults: (n) => some(n, 'error'), mark: { new: 'new file', changed: 'changed', removed: 'goes' }, fault: { form: 'Lower-case letters, digits and . _ -, with .yaml at the end; a veto list is veto/name.yaml.', taken: 'This file is there already.' },
    added: 'new file', removed: 'removed', renamed: (from) => `was ${from}`,
  },
  evidence: 'Evidence', tabs: { backtest: 'Back-test', diff: 'Difference', shadow: 'Shadow run', history: 'History' }, larger: 'Larger', smaller: 'Smaller',
  words: {
    any: (who) => `When the ${who.toLowerCase()} says one of:`, all: (reach) => `and within ${reach} characters one of:`, none: (reach) => `but within ${reach} characters none of:`, sounds: 'or something that sounds like (0.35 at most):', when: 'and when:',
    then: 'it is', weight: (weight, enough) => `Weight ${weight}: ${enough ? 'enough for a verdict alone' : 'not enough alone'}`, kind: 'It says the call is:',
    scopeSaid: 'Denied, asked, supposed or invented words do not count; the past weighs less.', scopeCivil: 'What is asked or was not done counts too; invented words do not.', scopeOnly: (ways) => `Counts only when ${ways}.`, scopes: { said: 'said outright', denied: 'denied', asked: 'asked', supposed: 'supposed', past: 'of the past', hearsay: 'hearsay', invented: 'invented' }, scopeAny: 'Counts however it was meant.', partners: 'Call in:', ask: 'Ask next:', match: (n) => `Must fire on (${n})`, not: (n) => `Must not fire on (${n})`,
    unreadable: 'These lines are no rule yet: see the faults marked on the right.', veto: (name) => `Whoever hears "${name}" may not judge non-police`, vetoTwo: 'Lives hang on this list: two people must approve a change.', vetoCaller: 'When the caller says one of (denied words do not count):', vetoAlways: 'Always, however it is said:',
  },
  test: {
    title: 'Try it', type: 'Type', pick: 'Choose a call', words: 'Words of a caller', placeholder: 'Type what a caller says, one sentence a line. Lines that begin with > are the call-taker\'s.', empty: 'Type, or choose a call, to see how these rules judge it, unsaved words included.',
    activeSays: 'The active rules say', veto: (name) => `Veto: ${name}`, noRule: 'No rule fires.', unusable: 'The rules have errors: mend them first.',
  },
  flip: { hear: 'Hear', corpus: 'corpus', grave: 'an alarm became non-police', worse: 'now wrong', better: 'now right', unknown: 'nobody decided' },
  backtest: {
    running: 'Back-testing on stored calls and corpora…', failed: 'The back-test failed:', noDraft: 'These are the active rules. Change one and save it as a draft to back-test it.', none: 'Not back-tested yet: Ctrl+Enter begins.',
    missed: 'Missed alarms', missedGood: 'No alarm would be judged non-police', missedStop: 'Must be 0 to go on', veto: 'Veto corpus', flipped: 'Judged otherwise', agreement: 'As the truth has it', opinion: 'Second opinion beside', caught: (n) => `it alone kept ${n} alarms`, noOpinion: 'none, rules alone', looked: 'Looked at', lookedAt: (calls, texts) => `${calls} calls, ${texts} texts`, speed: 'Speed', perSecond: (n) => `${n} a second`,
    stale: 'The draft or the active pack has changed: this test no longer counts.', was: (n) => `was ${n}`, wasShare: (share) => `was ${share}`, moreFlips: (n) => `${n} more`, matrix: 'Draft said (rows), was (columns); behind ← the active pack\'s count', truncated: 'Too many stored calls: only the newest were looked at.', fault: 'A corpus has lines that cannot be read:', vetoList: 'Sentences on which the veto stays quiet', vetoCodes: 'The veto by code', vetoRule: 'each needs sentences, misses none, and hears no less than the active pack', coverage: { sentences: 'Sentences', fired: 'Fired', missed: 'Missed', active: 'Active fired' }, flips: (n) => `${n} judged otherwise, missed alarms first`, legend: 'was judged → is now judged ≠ was in truth', noTruth: 'Nobody has decided on these calls and texts yet: the active pack is the only measure.', noFlips: 'Nothing changes.', classes: 'Classes', natures: 'Natures', departments: 'Departments',
  },
  diff: { none: 'Word for word the active rules.' },
  shadow: {
    none: 'No shadow run. Once approved, a draft can judge every call beside the active rules: it counts, and decides nothing.', running: (since) => `Judging beside the active rules since ${since}; it counts only, calls are not affected.`, over: 'The shadow run is over.', calls: 'Calls', same: 'Judged alike', more: 'More alarms', fewer: 'Fewer alarms', failed: (n) => `The draft broke on ${some(n, 'call')}`, leftOut: (n) => `${n} more were not compared (when many call, real verdicts go first).`, matrix: 'Active rules and draft', matrixCaption: 'Active rules said (rows), draft said (columns)',
  },
  history: {
    none: 'Nothing yet.', at: 'Time', step: 'Step', by: 'Who', what: 'Why', pack: 'Pack', gateway: 'gateway', tested: (missed, quiet, flipped) => `missed ${missed}, veto quiet ${quiet}, changed ${flipped}`,
    steps: {
      PackSeeded: 'First taken in', OpenDraft: 'Draft begun', EditDraft: 'Draft changed', WithdrawDraft: 'Draft withdrawn', StartBackTest: 'Back-test begun', BackTested: 'Back-tested', BackTestFailed: 'Back-test failed', SubmitDraft: 'Submitted', ApproveDraft: 'Approved',
      SendBackDraft: 'Sent back', StartShadow: 'Shadow run begun', StopShadow: 'Shadow run stopped', ActivateDraft: 'Activated', RollBack: 'Rolled back', PackFailed: 'Pack unusable', OpinionSeeded: 'Second opinion taken in', InstallOpinion: 'Second opinion changed',
    },
  },
  steps: {
    which: 'What is shown', activePack: (version) => `Active ${version}`, draftOf: (note) => note || 'Draft', version: (n) => `v${n}`, newDraft: 'Save as a draft', onward: 'Next step', wayLabel: 'The way of a change',
    status: { editing: 'editing', submitted: 'to approve', sent_back: 'sent back', approved: 'approved', shadow: 'shadow run' },
    stop: { draft: 'Draft', test: 'Tested', approve: 'Approved', shadow: 'Shadow', active: 'Active' },
    state: { done: ': done', now: ': here now', ahead: ': to come', bad: ': not passed' },
    next: { save: 'Save', test: 'Back-test', take_over: 'Take over', submit: 'Submit', approve: 'Approve', shadow: 'Shadow run', activate: 'Activate' },
    waits: {
      errors: 'Mend the errors to save', unchanged: 'Same as the active pack', already_testing: 'Back-testing…', missed_alarms: 'Would miss alarms: mend the rules', veto_uncovered: 'The veto corpus is not covered', stale_base: 'The active pack changed: an author must take it over', own_draft: 'Another person must approve',
      already_approved: 'You approved; another must, too', forbidden: 'Somebody with the right must do this', shadow_taken: 'Another draft runs in shadow', not_tested: 'Back-test first', not_approved: 'Not approved yet', wrong_status: 'Not possible just now',
    },
    noteLabel: 'What changes and why (one sentence)', whyNoShadow: 'Why without a shadow run', whyRollBack: 'Why roll back (may stay empty)', whySendBack: 'What its authors are to mend',
    rollBack: (version) => `Back to ${version}`, rollBackAct: 'Roll back', rollBackKey: 'Roll back to the pack before', sendBack: 'Send back to its authors', sendBackShort: 'Send back', hurryShort: 'Activate now', stopShort: 'Stop', withdraw: 'Withdraw the draft', stopShadow: 'Stop the shadow run', activateNow: 'Activate without a shadow run', discard: 'Throw away what is not saved',
    sentBackBy: 'Sent back:', vetoTouched: 'This draft touches the veto: two people must approve it, neither of them its author.',
    happens: {
      newDraft: ['Your change becomes a draft that others see too.', 'Calls are judged by the active rules as before.'],
      takeOver: ['The active pack has changed since this draft was begun: its changes are put in, and yours stand.', 'It must be tested again. Calls are judged by the active rules as before.'],
      submit: (people) => [`${people === 1 ? 'One person' : `${people} people`} beside its authors must approve it.`, 'It is closed to changes until an approver sends it back.', 'Calls are judged by the active rules as before.'],
      approve: (people, authors) => [`You have read the difference and the back-test, and answer for it. Authors: ${authors}.`, people > 1 ? 'It touches the veto: another person must approve it too.' : 'After that it can run in shadow.', 'Calls are judged by the active rules as before.'],
      shadow: ['The draft judges every call beside the active rules, and only counts.', 'Cards and dispatch are not affected.', 'One draft at a time.'],
      activate: (version) => ['From the next words on it judges every call; calls under way are judged again at once.', 'No restart; no call drops.', `${version} is kept: ⇧Z goes back to it at any time.`],
      rollBack: (from, to) => [`${from} judges no more; every call is judged by ${to}, calls under way at once.`, 'No restart; no call drops. All drafts stay.', 'It is journaled: who, when, why.'],
      sendBack: ['It goes back to its authors; approvals are void and a shadow run stops.', 'Calls are judged by the active rules as before.'],
      withdraw: (note) => [`"${note}" leaves the drafts and goes no further.`, 'Its content and history are kept; nothing is deleted.'],
      discard: (files) => [`What is not saved is lost: ${files.join(', ')}.`, 'The saved draft stays as it is.'],
    },
  },
  keys: {
    write: 'Edit the rule', nextFault: 'Next fault', find: 'Find a rule', move: 'Rule before / after', test: 'Try words', pickCall: 'Try a call', flips: 'Change before / after', hear: 'Hear the chosen call', tabs: 'Back-test / difference / shadow / history', size: 'Evidence larger / smaller', add: 'Add a rule', elsewhere: 'To a fault elsewhere', drafts: 'Choose a draft or the active rules',
  },
}
