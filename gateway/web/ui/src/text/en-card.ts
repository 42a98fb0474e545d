import type { Dictionary } from './zh'

/** The call card and the positions in English. */
export const card: Dictionary['card'] = {
  title: 'Call card', actions: 'What can be done',
  clash: (who) => `${who || 'Somebody'} wrote the line above first. Both stand: choose one.`, takeMine: 'Take mine', keepTheirs: 'Keep theirs',
  unsent: 'Not saved yet: sent again once the link is back', unsaved: (n) => `${n} not saved yet`,
  finishedBy: 'Finished', reopen: 'Open again', reopenWhy: 'Why is it opened again?', decide: 'Decide', decided: 'Decided. Finish after the call.', decidedAs: 'Decided: ', finishAfter: 'Decide while they speak, finish after the call.', drafted: 'draft, yours to edit',
  asked: 'Mark as asked', askedAlready: 'Asked, waiting for the answer',
  alsoOpen: 'Also open', at: 'desk',
  summary: {
    lead: (what) => (what ? `Caller reports ${what.toLowerCase()}` : 'Call'), leadText: (what) => (what ? `Text call: ${what.toLowerCase()}` : 'Text call'), place: (place) => `place: ${place}`, fact: (name, value) => `${name.toLowerCase()} ${value}`,
    said: (quotes) => `said “${quotes.join('”, “')}”`, comma: ', ', stop: '; ', end: '.',
  },
}

export const seats: Dictionary['seats'] = {
  title: 'Positions', own: 'Your position', none: 'You sit nowhere: no card opens by itself when a phone rings.', empty: 'No positions yet. They come from the members of the PBX\'s queues, or from [[desk.positions]].',
  sit: 'Sit here', takeOver: 'Take over', taken: (who) => `${who} sits here. If they have left, take over.`, up: 'Get up', filter: 'Position', lost: (what) => `Position taken over: ${what}. You have none now.`,
  pause: 'Pause', resume: 'Take calls again', pauseWhy: 'Why the pause?', pending: 'Waiting for the PBX…', fault: 'Not done: ',
  handOver: 'Hand over', note: 'A note for the next person', to: 'To position', open: (n) => `${n} open cards pass on too`, noOpen: 'No open cards', pass: 'Hand over and leave', notPassed: (n) => `${n} cards did not pass: look at each.`,
  left: (who, when) => `Note by ${who}, ${when}`, read: 'Read', openCard: 'Open', sound: 'Sound of a ring', mute: 'Mute', volume: 'Volume', hear: 'Try it', soundless: 'The browser allows no sound yet: press any key', page: 'Desks', who: 'Who', now: 'Now', call: 'Call', since: 'for', wrapping: (n) => `${n} not finished`, rings: 'rings', you: 'you',
  state: { idle: 'Free', ringing: 'Ringing', busy: 'Talking', wrap_up: 'Wrap-up', paused: 'Paused', away: 'Away', unreachable: 'Unreachable' },
  reason: { rest: 'Rest', meal: 'Meal', paperwork: 'Paperwork', training: 'Training', relief: 'Relief' },
  supervise: { listen: 'Listen', whisper: 'Whisper', join: 'Join', take: 'Take over' }, taking: 'Your phone will ring; once you pick it up the caller is yours, the call-taker is let go and the card follows.', superviseRings: 'Your phone will ring: pick it up.', noCall: 'No call',
  escalated: (who) => `${who} calls for a supervisor`, escalatedOpen: 'Open',
  unmanned: 'nobody signed in',
  figures: { free: 'Free', talking: 'Talking', wrap: 'Wrap-up', paused: 'Paused', empty: 'Nobody' },
  keys: { seat: 'Position, pause, shift change, sound', mute: 'Mute / sound', desks: 'Desks (supervisor)', escalation: 'Open the call that needs a supervisor', move: 'Move among positions', open: 'Open the call', sit: 'Sit here', up: 'Get up', hand: 'Hand over', pause: 'Pause / take calls again' },
}
