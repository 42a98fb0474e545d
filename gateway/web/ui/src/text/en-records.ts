import type { records as zh } from './zh-records'

/** Records without a call, calls made for one, and the printed sheet, in English. */
export const records: typeof zh = {
  new: 'New record', title: 'New record (without a call)', explain: 'Somebody at the counter, a radio, a phone outside the system, or paper from an outage. Judged by its words; finished, archived and counted once like a call.',
  origin: 'How it came', origins: { walk_in: 'Walk-in', radio: 'Radio', phone: 'Another phone', outage: 'Paper from an outage' },
  happened: 'When it happened', number: 'Number', place: 'Place', words: 'Words (a sentence a line)', save: 'Save and open', badTime: 'Say when it happened.',
  record: 'Record without a call', late: 'Entered afterwards', entered: (who, at) => `entered by ${who} at ${at}`, happenedAt: (at) => `happened at ${at}`, sheet: (n) => `paper ${n}`,
  more: 'More words', add: 'Add', added: 'Added, and judged again.',
  same: 'The same incident', notSame: 'Not the same after all', linked: 'The two are one, and count once.', unlinked: 'They are two again.', sameAs: 'The same as', mayBe: (m) => `Same number, ${m} min apart, maybe one:`, mayBeTime: (m) => `The exchange knows no number, ${m} min apart, maybe one:`,
  partOf: 'This call is a part of another record:', open: 'Open',
  ring: 'Ring somebody', ringTitle: 'Ring somebody for this call', ringExplain: 'Your phone rings first; pick it up and the number is dialled. Recording and words belong to this record.', whom: 'Whom', whoms: { witness: 'Witness', partner: 'Partner', department: 'Department', caller: 'The caller', other: 'Somebody else' }, dial: 'Dial', dialing: 'Your phone is being rung.', typed: 'Number', badNumber: 'A number has 3 to 32 digits.',
  parts: 'Calls made for this record', live: 'speaking', recording: 'recording', by: (who) => `by ${who}`,
  print: 'Print the sheet', printTitle: 'Print the call sheet: what for?', printExplain: 'Each print is written down: who, when, why; the purpose stands on the paper.', purposes: ['Archive', 'For the unit on the case', 'Quality check', 'Asked for by a party'], printGo: 'Open the page to print', printed: 'Opened in a new tab: print it with Ctrl+P.',
}
