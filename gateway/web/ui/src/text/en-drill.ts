import type { Dictionary } from './zh'
import { some } from './plural'

/** The training, in English. The banner says it in both languages at once, whatever language is chosen. */
export const drill: Dictionary['drill'] = {
  banner: '演练 · TRAINING', bannerMore: 'not a real call, counted nowhere, nobody is told · 不是真实来电，不计入任何统计，不通知任何单位', page: 'Training', own: 'My training',
  scenario: 'Scenario', scenarios: 'Choose a scenario', seat: 'Trainee\'s position', noSeat: 'Nobody sits anywhere: let the trainee sign in with a desk number', speed: 'Speed', times: (n) => `${n}×`, start: 'Start', started: 'Started; the trainee\'s phone rings', callers: (n) => some(n, 'caller'), fault: 'A scenario has a fault; those before are in use:',
  live: 'Under way', results: 'Results', none: 'No run yet. Choose a scenario and a position, then Ctrl+Enter.', noneOwn: 'No run yet. Your phone rings once the trainer starts one.', pause: 'Pause', resume: 'Go on', faster: 'Faster', slower: 'Slower', inject: 'Inject', end: 'End', endSure: 'Press again to end', move: 'Run before / after', print: 'Print the sheet',
  injecting: { title: 'What happens now', say: 'The caller says', key: 'The caller presses', sound: 'A sound without words', hang_up: 'The caller hangs up', words: 'Words, or keys', submit: 'Let it happen' },
  state: { running: 'under way', paused: 'paused', done: 'done', stopped: 'ended', broken_off: 'broken off' },
  phone: { title: 'Training phone', rings: 'Rings', talking: 'Talking', idle: 'Waiting for a call', paused: 'The training is paused', answer: 'Answer', say: 'What you say to the caller; Enter says it', speak: 'Speak', hangUp: 'Hang up' },
  sheet: {
    title: (name) => `Result sheet of the training: ${name}`, and: ', ', right: (n, of) => `${n} of ${of} right`, times: 'Times (seconds since the answer)', checks: 'What was to be done, and what was', asked: 'Asked and missed', said: 'The trainee said', who: (trainee, trainer) => `Trainee ${trainee}, trainer ${trainer}`,
    step: { answer: 'Answer', first_field: 'First field', location: 'Location', verdict: 'Verdict', dispatch: 'Sent or handed over' },
    check: { class: 'Class', nature: 'Nature', department: 'Department', danger: 'Danger', field: 'Field', hand_over: 'Handed over or called in', never_hand_over: 'Never to hand over to', call_back: 'Called back', reassign: 'Reassigned', linked: 'Calls linked' },
    ok: 'right', wrong: 'wrong', wanted: 'wanted', found: 'found', nothing: '(nothing)', machine: 'by the machine, not confirmed', askedYes: 'asked', askedNo: 'missed', or: ' or ', yes: 'yes', notThere: '—',
  },
  progress: (n, first, last) => `${some(n, 'run')}, ${first ?? '—'}% at first, ${last ?? '—'}% in the last five`, when: 'When', trainee: 'Trainee', result: 'Right',
}
