import type { Dictionary } from './zh'

/** Hand-over, three-party calls, call-back, the supervisor, in English. */
export const handover: Dictionary['handover'] = {
  callback: 'Call back', threeway: 'Three-party', transfer: 'Hand over', supervisor: 'Supervisor', complete: 'Leave the two together', cancel: 'Call off',
  onLine: 'The caller is still on the line', over: 'The call is over', noDesk: 'No call-taker speaks with the caller now', nothing: 'No hand-over to complete or call off',
  title: { transfer: 'Hand over to', threeway: 'Call in as a third party' }, search: 'Name, number, duty', kinds: { blind: 'At once', attended: 'Ask first', threeway: 'Three-party' },
  kind: 'How', open: 'There now', until: (when) => `until ${when}`, opens: (when) => `opens ${when}`, closed: 'Nobody there now', holiday: (name) => `Closed: ${name || 'holiday'}`, duty: (who, number) => `duty phone ${number} takes it${who && ` (${who})`}`, never: 'Takes no calls', instead: (name) => `${name} takes it`, suggested: 'suggested', proposed: 'Call in at once:', because: (dangers) => `heard: ${dangers}`,
  duties: 'Duties', anyway: 'Do it all the same', none: 'None fits.', fault: 'The directory has a fault; the one before is in use:', empty: 'The directory is empty: see conf/departments.toml.', done: 'The PBX has it; what comes of it is shown as it happens.', called: 'The supervisor\'s phone rings, and the card opens on their screen.', callingBack: 'Your phone rings first; pick it up and the caller is rung.',
  ringing: 'A call-back rings aloud', confirm: 'Confirm',
  taking: {
    steps: ['Into a room', 'Supervisor\'s phone rings', 'Supervisor comes in', 'Caller is the supervisor\'s', 'Call-taker let go'],
    room: () => 'Caller and call-taker are being brought into a room; they speak on.', rings: (desk) => `Pick up the phone of ${desk}. The call-taker still has the caller.`, entering: (desk) => `${desk} has picked up and comes into the call; the call-taker stays a few seconds more.`, yours: (desk) => `The caller is with ${desk}; the call-taker is being let go.`,
    done: (desk) => `The caller is with ${desk}, the card too; the call-taker has left.`, left: (desk, there) => `${desk} has left.${there ? ` The caller is with ${there}.` : ''}`, stays: (why, there) => `The call-taker could not be let go${why ? ` (${why})` : ''}: ${there} are in the call. Ask them to hang up themselves.`,
    failed: (why, there) => `Not taken over${why ? ` (${why})` : ''}: ${there ? `the caller is still with ${there}.` : 'see who is with the caller.'} Press again to retry.`,
  },
  panel: 'Hand-over', state: { asked: 'Asked for', sent: 'Taken by the PBX', ringing: 'Rings there', answered: 'Answered there', completed: 'Handed over', refused: 'Not done', no_answer: 'No answer, back here', returned: 'Back here', cancelled: 'Called off', unknown: 'Nobody knows: look, then press again', live: 'In the call', ended: 'Over' },
  supervision: { listen: 'Listens', whisper: 'Whispers', join: 'Joined', take_over: 'Takes over', escalate: 'Supervisor called' }, callbackOf: 'This calls back',
}
