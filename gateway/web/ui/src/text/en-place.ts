import type { place as zh } from './zh-place'

export const place: typeof zh = {
  mark: 'Mark', why: 'Why', again: 'Ask again', askingSince: (span) => `asking ${span}`, title: 'Mark the spot', spot: 'Under the cross', lead: 'The place now', address: 'Address', near: 'Junction', jurisdiction: 'Police', district: 'District', position: 'Position',
  asking: 'looking…', unknown: 'No place known near here; it can be set', noPlaces: 'This site has no gazetteer; it can be set', unreachable: 'Cannot be looked up; it can be set', outside: 'Outside our jurisdiction', nothing: 'No address and no junction here',
  away: (far) => `${far} from the place now`, within: (far) => `within ${far}`, accuracy: 'Accuracy', move: (step) => `move ${step}`, fine: (step) => `finely, ${step}`, click: 'or click the map',
  note: 'Remark (optional)', notePlaceholder: 'e.g. behind the petrol station, 2nd floor', noteKey: 'Remark', set: 'Here it is', leave: 'Leave', back: 'Back to the map', zoom: 'nearer, further',
  sending: 'Saving…', kept: 'Not saved; cross and remark are still here, press again.',
  by: (who) => `marked by ${who}`, chosenBy: 'chosen by a person', takeBack: 'Take back', tookBack: 'Taken back', takeBackKey: 'Take back the place that a person set',
  tilesFault: 'The tiles cannot be used; a plainer map is drawn',
}
