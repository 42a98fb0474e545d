import type { Dictionary } from './zh'
import { some } from './plural'

/** Repeat callers, incidents, surge and floods, in English. */
export const together: Dictionary['together'] = {
  title: 'May be the same incident', own: 'Linked incident', incidents: 'Incidents', incident: 'Incident', untitled: 'Incident without a title', likely: 'very likely the same', advice: 'The machine suggests; a person links.',
  link: 'Link', join: 'Join its incident', unlink: 'Unlink', open: 'Open the incident', next: 'next suggestion', seen: 'News seen', linked: 'Linked.', unlinked: 'Unlinked; the history stays.',
  mergeThere: 'Both calls have an incident: merge the two on the incident page.', calls: (n) => some(n, 'call'), surge: 'surge', newFact: 'New: ', otherCall: 'another call',
  verySame: (n) => `Very likely the same incident (${some(n, 'call')}): ask what is new`,
  repeat: (n) => `Call number ${n + 1}`, abandoned: (n) => `${n} abandoned`, violence: (n) => `${n} of violence at home`,
  unsuspect: 'No prank',
  fact: {
    injury: 'somebody hurt', weapon: 'weapon', fire: 'fire or gas', threat_to_life: 'threat to life', confined: 'somebody trapped', child: 'a child', suicide: 'suicide risk', plate: 'plate', suspect: 'suspect', direction: 'direction',
  },
  page: {
    list: 'Incidents', touched: 'Last change', empty: 'No incident. It appears here when a call-taker links two calls.', all: 'with those that are over', open: 'under way', title: 'Title', name: 'Name it', save: 'Save', merge: 'Merge into…', mergeInto: 'Into which incident', none: 'There is no other incident.', doMerge: 'Merge',
    calls: 'Calls', timeline: 'Time line', facts: 'Known facts', history: 'History', map: 'Places', noPlaces: 'These calls have no place, or your role sees none.', noFacts: 'Nothing new to share yet.', unlinkThis: 'Unlink this call', score: 'likeness', by: 'linked by', said: 'said by', heard: 'heard', call: (n) => `call ${n}`, enteredBy: 'entered by', toMap: 'to the map (arrows move it)', isNew: 'new', words: (n) => `What call ${n} said`, noWords: 'No words of this call yet.', placed: (n, all) => `${n} of ${all} calls have a place`,
    merged: 'Merged into another incident:', dissolved: 'Dissolved: its calls stand alone.', since: (when) => `since ${when}`, surge: (n, span) => `Surge: ${some(n, 'call')} in the last ${span}`, unlinked: (n) => `${n} more very likely the same, not linked`, rings: 'rings', answered: 'answered', ended: 'over', move: 'move among the calls', rename: 'rename', metres: (n) => `${n} m`,
    step: { linked: 'linked', unlinked: 'unlinked', titled: 'named', merged: 'merged', dissolved: 'dissolved' },
  },
  flood: {
    title: 'Looks like a flood', figures: (calls, numbers, minute) => `${some(calls, 'call')} · ${some(numbers, 'number')} · ${minute} a minute`, done: 'People answer them, none is dropped; words of danger clear a caller at once.', seats: (n) => `Keep ${some(n, 'desk')} for calls that are not suspected.`,
    suspected: (n) => `${n} on the line`, beyond: (n) => `${n} more`, mark: 'flood?',
  },
  shield: {
    title: 'Flood shield', suspected: 'Suspected, on the line', floods: 'Floods now', reserved: 'Free desks / to keep', now: 'Now', quiet: 'No flood now.', since: 'since', over: 'Over', who: 'Who is suspected, and where they stand', ranked: 'Ranked by', calls: 'Calls', numbers: 'Numbers', live: 'Live', last: 'Last', none: 'No suspected call.',
    promise: 'No call is dropped: people answer suspected ones too, words of danger clear a caller at once, a call-taker clears one by ⇧H.', byPbx: 'The PBX lets others go before the numbers of a flood.', byMark: 'The PBX changes no queue: suspected calls are marked only.',
    nothing: 'No flood. When numbers hang up after one ring, ring again and again, or rotate within a range, they are ranked here by number, range, trunk and source.',
    source: (of) => `What counts: one number that hangs up within ${of.one_ring_s} s, ${of.one_ring_calls} times in ${of.one_ring_within_s / 60} min, or rings ${of.same_number_calls} times in ${of.same_number_within_s / 60} min.`,
    by: { number: 'Number', range: 'Range', trunk: 'Trunk', source: 'Source' },
    span: (hours) => `Last ${hours} h`, chart: (key, most) => `${key}: ${most} calls in the busiest part`, beyond: (n) => `${n} more with fewer calls.`, partly: 'Too many calls: the newest are counted here; the evidence has all.', nth: (n) => ` (${n})`,
    pack: (hours) => `Evidence (last ${hours} h)`,
    stands: { behind: 'behind the others', turn: 'waits its turn, marked', talking: 'being answered', over: 'over', cleared: 'cleared' },
    behind: 'The PBX lets others go before, for a limited time; then it comes first.',
    marked: { one_ring: 'Marked only; waits its turn.', same_number: 'Marked only; waits its turn.', prefix: 'Somebody in need may be in the range: marked only, each waits its turn.', source: 'Somebody in need may come from there: marked only, each waits its turn.', trunk: 'Somebody in need may come over this trunk: marked only, each waits its turn.' },
    why: {
      one_ring: (of) => `Hung up within ${of.one_ring_s} s, ${of.one_ring_calls} times in ${of.one_ring_within_s / 60} min.`, same_number: (of) => `One number, ${of.same_number_calls} times in ${of.same_number_within_s / 60} min.`,
      prefix: (of) => `${of.range_numbers} numbers alike but for the last four digits in ${of.range_within_s} s, most hang up at once.`, source: (of) => `${of.source_calls} calls from one address in ${of.source_within_s} s, most hang up at once.`, trunk: (of) => `${of.source_calls} calls over one trunk in ${of.source_within_s} s, most hang up at once.`,
    },
    rule: (s) => `Never suspected: numbers with violence at home, kidnapping, suicide or a sexual offence in their history, who spoke of danger, who waited more than ${s} s and nobody answered, whom a call-taker cleared.`,
  },
  tile: { incident: 'linked', likely: (n) => `${n} alike` },
}
