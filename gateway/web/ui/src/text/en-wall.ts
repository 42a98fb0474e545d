import type { Dictionary } from './zh'
import { some } from './plural'

/** The hall's wall, in English. */
export const wall: Dictionary['wall'] = {
  title: 'Wall', centre: '110 call centre', key: 'Wall', now: 'now', links: 'Links', since: (when) => `since ${when}`, good: (ago) => `last good ${ago}`, beyond: (n) => `${n} more`, none: 'none', seconds: (n) => `${n} s`,
  stale: (when, span) => `This picture stopped at ${when}, ${span} ago`, staleWhy: 'The link to the gateway is broken: what stands below is not how it is now. Calls go on; reconnecting by itself.', stopped: 'stopped',
  loading: 'Reading…', off: 'The gateway does not answer. Calls are not affected; trying again by itself.', nothing: 'No calls yet. When somebody calls 110 it shows here at once. Source: the PBX (AMI).',
  waiting: 'Waiting', longest: 'Longest wait', texts: 'Text calls unclaimed', textsTaken: (n) => `claimed ${n}`, textsLeft: (n) => `${n} unanswered`, seats: 'Free seats', ofSeats: (n) => `of ${n}`, busy: (busy, wrap, paused) => `busy ${busy} · wrap-up ${wrap} · paused ${paused}`, unreachable: (n) => ` · off ${n}`, noSeats: 'no seat is signed in at the PBX', talking: (n, held) => `talking ${n} · held ${held}`,
  answered: 'Answered today', within: (s) => `in ${s} s`, answeredOf: (n) => `of ${n} answered`, noAnswers: 'nothing answered yet today',
  abandoned: 'Abandoned today', callBacks: (n) => `${n} to ring back`, noCallBacks: 'none to ring back', overdue: (n) => `${n} late`, oldest: (span) => `oldest ${span}`,
  today: 'Calls today', before: (n) => `yesterday by now ${n}`, fromMidnight: (when) => `since midnight · read ${when}`, faulty: (when) => `▲ cannot be read since ${when}, stands as it was`, notRead: 'not read yet',
  natures: 'By nature', day: 'today', yesterday: 'yesterday', change: 'change', others: (n) => some(n, 'other'), noNatures: 'No call of today or yesterday has a nature yet.',
  classes: 'Verdicts', class: { valid_alarm: 'valid alarm', non_police: 'non-police', unsure: 'unsure', none: 'not judged' }, decided: (n) => `${n} by a person`,
  handed: 'Handed over today', cameBack: (n) => `${n} came back`, orders: (open) => `${open} open orders`, ordersLate: (n) => `${n} late`, ordersBack: (n) => `${n} returned`,
  signed: 'Sign-off today', unsigned: 'Not signed', later: 'later', upTo: (s) => `≤${s} s`, over: (s) => `>${s} s`, noInstructions: 'no instructions yet today', allSigned: 'all signed off',
  districts: 'Live by district', unknownPlace: 'place unknown', noDistricts: 'No calls are live now.',
  speech: 'Speech', speechOff: 'switched off here', hears: 'everything is written down', unheard: (n) => `${n} legs without text`, behind: (n) => `${n} late`, aside: (n) => `${n} set aside`, lost: 'listeners lost:', demo: (languages) => `Demonstration models (${languages}): they understand synthetic voices, not people`,
  archive: 'Recordings', archiveFine: 'all in the archive', archiveWaits: (n) => `${n} wait for the archive`, running: (n) => `${n} running`, unrecorded: (n) => `${n} missing today`,
  chart: {
    title: 'Calls a minute (last 60 minutes)', last: 'in the last minute', above: 'above the usual', below: 'below the usual', unknown: (days) => `only ${days} earlier days are known, fewer than 3: no usual band`,
    usual: (low, high, from, to, days) => `usual ${low}–${high} (percentiles ${from}–${to} of these minutes, last ${days} days)`,
  },
  alert: {
    major: (title) => `Major incident: ${title}`, plan: (title) => `Plan: ${title}`, silent: (n) => some(n, 'silent alarm'), unseen: (n) => `${n} seen by nobody`, surge: (n) => `Surge: ${some(n, 'call')} of one incident`, flood: 'Lines kept busy on purpose', figures: (calls, numbers) => `${some(calls, 'call')} · ${some(numbers, 'number')}`, unsaved: 'New things are not saved; the gateway tries again',
  },
  flood: { one_ring: 'one ring', same_number: 'one number', prefix: 'one range', source: 'one source', trunk: 'one trunk' },
}
