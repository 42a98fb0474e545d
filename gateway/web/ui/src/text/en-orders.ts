import type { Dictionary } from './zh'
import { some } from './plural'

/** Work orders, in English. */
export const orders: Dictionary['orders'] = {
  nav: 'Orders', title: 'Work orders', theirs: (name) => `${name} · work orders from 110`, key: 'Work orders',
  all: 'All that are open', everyone: 'All departments', overdueOnly: 'Only overdue', overdue: (n) => `Overdue ${n}`, count: (n) => some(n, 'order'),
  search: 'Find subject or last digits', more: 'Older ones', state: 'State', department: 'Department', deadline: 'Deadline', subject: 'Subject', number: 'Number',
  nothing: 'No work orders. One appears here when a caller is handed over to a department; N opens one by hand.', nothingFound: 'No such work order.',
  nothingTheirs: 'Nothing to do now. What 110 hands over appears here at once.', pick: 'Choose an order to see it whole.',
  new: 'New work order', newFrom: 'Work order from this call', text: 'What it is about', caller: 'Caller', callerName: 'Name', phone: 'Telephone', place: 'Place', call: 'Call', noCall: 'no call',
  opened: 'Opened', first: 'First receiver', handed: (n) => `handed on ${some(n, 'time')}`, history: 'History', hidden: 'The caller is shown only while there is work to do.',
  answer: 'Answer', returned: 'Returned because', told: 'Caller told', closing: 'Closed because', dispute: 'Dispute', decision: 'Decision', decidedFor: 'belongs to', followUps: 'Follow-up calls',
  save: 'Save draft', sendNow: 'Send', confirm: 'Confirm', cancel: 'Cancel', required: 'required', to: 'To', how: 'Result',
  drafted: 'Draft saved', system: 'System', hall: '110 hall',
  asides: 'Set aside', asidesLead: 'What departments\' systems sent and fits no order is kept here as it came. Compare it with that department.', noAsides: 'Nothing was set aside.',
  aside: { unreadable: 'cannot be read', unknown_order: 'no such order', unknown_department: 'no such department', wrong_key: 'wrong key' },
  state_: {
    draft: 'Draft', sent: 'To be accepted', accepted: 'Accepted', returned: 'Returned', reassigned: 'Reassigned', in_work: 'In work', answered: 'Answered', told: 'Caller told',
    closed: 'Closed', disputed: 'Disputed',
  },
  deadline_: { accept: 'Accept', answer: 'Answer' },
  satisfaction: { satisfied: 'Satisfied', neutral: 'Neutral', dissatisfied: 'Not satisfied', not_reached: 'Not reached' },
  step: {
    drafted: 'Drafted', edited: 'Changed', sent: 'Sent', accepted: 'Accepted', started: 'Work begun', returned: 'Returned', reassigned: 'Reassigned', withdrawn: 'Withdrawn', noted: 'Note',
    answered: 'Answered', told: 'Caller told', followed_up: 'Follow-up call', closed: 'Closed', disputed: 'Disputed', decided: 'Decided', supervised: 'Overdue, supervised',
  },
  act: {
    edit: 'Change', send: 'Send', accept: 'Accept', start: 'Begin work', return: 'Return', reassign: 'Reassign', note: 'Note', answer: 'Answer', dispute: 'Dispute', decide: 'Decide',
    tell: 'Caller told', 'follow-up': 'Follow up', close: 'Close',
  },
  done: {
    edit: 'Changed', send: 'Sent', accept: 'Accepted', start: 'Work begun', return: 'Returned', reassign: 'Reassigned', note: 'Noted', answer: 'Answered', dispute: 'Disputed: the first receiver works on it meanwhile',
    decide: 'Decided', tell: 'Noted: the caller knows', 'follow-up': 'Follow-up call noted', close: 'Closed',
  },
  ask: {
    edit: 'Change the draft', send: '', accept: '', start: '', return: 'Why it goes back', reassign: 'To whom, and why', note: 'A word to the other side', answer: 'What was done (the caller is told it)',
    dispute: 'Why it is not yours', decide: 'Whose it is, and on what ground', tell: 'How the caller was told, and what they said', 'follow-up': 'What the caller said', close: 'Why it is closed (not needed once the caller was told)',
  },
  working: { hours: (n) => `, ${some(n, 'working hour')}`, days: (n) => `, ${some(n, 'working day')}` },
  due: (what, when, left) => `${what} by ${when} (${left} left)`,
  late: (what, when, by) => `${what}: overdue by ${by} (was due ${when}) · supervised`,
  span: { minutes: (n) => `${n} min`, hours: (n) => `${n} h`, days: (n) => some(n, 'day') },
  keys: {
    move: 'Previous / next order', state: 'By state', department: 'By department', overdue: 'Only overdue', search: 'Find', new: 'New work order', asides: 'Set aside', submit: 'Confirm', open: 'Open the call',
  },
  ring: 'Ring for the follow-up', noSeat: 'Take a seat first (⇧P): the phone of your desk rings first.',
  card: { title: 'Work orders', open: 'Work order' },
}
