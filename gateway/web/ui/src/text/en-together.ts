import type { Dictionary } from './zh'

/** Repeat callers, incidents, surge and floods, in English. */
export const together: Dictionary['together'] = {
  title: 'May be the same incident', incidents: 'Incidents', incident: 'Incident', untitled: 'Incident without a title', likely: 'very likely the same', advice: 'The machine suggests; a person links.',
  link: 'Link', join: 'Join its incident', unlink: 'Unlink', open: 'Open the incident', next: 'next suggestion', seen: 'News seen', linked: 'Linked.', unlinked: 'Unlinked; the history stays.',
  mergeThere: 'Both calls have an incident: merge the two on the incident page.', calls: (n) => `${n} calls`, surge: 'surge', newFact: 'New: ', otherCall: 'another call',
  verySame: (n) => `Very likely the same incident (${n} calls): ask what is new`,
  repeat: (n) => `Call number ${n + 1}`, abandoned: (n) => `${n} abandoned`, violence: (n) => `${n} of violence at home`,
  unsuspect: 'No prank',
  fact: {
    injury: 'somebody hurt', weapon: 'weapon', fire: 'fire or gas', threat_to_life: 'threat to life', confined: 'somebody trapped', child: 'a child', suicide: 'suicide risk', plate: 'plate', suspect: 'suspect', direction: 'direction',
  },
  page: {
    list: 'Incidents', empty: 'No incident. It appears here when a call-taker links two calls.', all: 'with those that are over', open: 'under way', title: 'Title', name: 'Name it', save: 'Save', merge: 'Merge into…', mergeInto: 'Into which incident', none: 'There is no other incident.', doMerge: 'Merge',
    calls: 'Calls', timeline: 'Time line', facts: 'Known facts', history: 'History', map: 'Places', noPlaces: 'These calls have no place, or your role sees none.', noFacts: 'Nothing new to share yet.', unlinkThis: 'Unlink this call', score: 'likeness', by: 'linked by', said: 'said by', heard: 'heard', call: (n) => `call ${n}`, entered: (who) => `entered by ${who}`,
    merged: 'Merged into another incident:', dissolved: 'Dissolved: its calls stand alone.', since: (when) => `since ${when}`, surge: (n, span) => `Surge: ${n} calls in the last ${span}`, unlinked: (n) => `${n} more very likely the same, not linked`, rings: 'rings', answered: 'answered', ended: 'over', move: 'move among the calls', rename: 'rename', metres: (n) => `${n} m`,
    step: { linked: 'linked', unlinked: 'unlinked', titled: 'named', merged: 'merged', dissolved: 'dissolved' },
  },
  flood: {
    title: 'Looks like a flood', figures: (calls, numbers, minute) => `${calls} calls · ${numbers} numbers · ${minute} a minute`, done: 'These calls are answered later, none is dropped; words of danger clear a caller at once.', seats: (n) => `Keep ${n} desks for calls that are not suspected.`,
    suspected: (n) => `${n} on the line`, ranked: 'The PBX queues them so.', beyond: (n) => `${n} more`, mark: 'flood?', evidence: 'Evidence: intake110 flood pack',
  },
  tile: { incident: 'linked', likely: (n) => `${n} alike` },
}
