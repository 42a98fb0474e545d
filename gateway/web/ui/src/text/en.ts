import type { Dictionary } from './zh'

export const en: Dictionary = {
  app: {
    product: '110 intake',
    demo: 'Demo',
    board: 'Board', ended: 'Ended', health: 'Health',
    keys: 'Keys', theme: { dark: 'Dark', light: 'Light' }, language: '中文', signOut: 'Sign out',
    position: 'Desk', noPosition: 'No desk',
    close: 'Close', loading: 'Loading…', retry: 'Try again',
    unreachable: 'The gateway did not answer. Calls are not affected; please try again.',
    notFound: 'There is no such page.', toBoard: 'Back to the board',
    lost: (when) => `The link to the gateway broke at ${when}. What you see is from then; calls go on. Reconnecting by itself.`,
    notSaved: (when) => `Not saved since ${when}. Calls go on; the gateway keeps trying, please leave this page open.`,
    serviceDown: (name, when) => `${name} down since ${when}`,
    serviceDegraded: (name, when) => `${name} degraded since ${when}`,
  },
  signIn: {
    title: 'Sign in', username: 'User name', password: 'Password', position: 'Desk number (leave empty if you have none)', submit: 'Sign in',
    hint: 'Users are made by the administrator. The demo prints its user names and passwords once, at its start.',
  },
  board: {
    title: 'Live calls',
    waiting: 'Waiting', longest: 'Longest wait', talking: 'Talking', held: 'Held or moving', urgent: 'Priority 1', unsettled: 'To settle', late: 'Late',
    yours: 'Your call', yoursRinging: 'Your desk rings', anonymous: 'No number',
    empty: 'No call now. As soon as somebody rings 110 a tile appears here: who, where, what was said.',
    emptySource: 'Source: the telephone exchange (AMI).',
    lastEnded: 'Just ended', all: 'All',
    speechDead: 'No text', inferred: 'Inferred', test: 'Test',
  },
  ended: {
    title: 'Ended calls', search: 'Find a number, a place, a word', more: 'Earlier', at: 'Time', number: 'Number', length: 'Length', verdict: 'Class',
    result: 'Result', where: 'Place', words: 'Last words', settled: 'Settled', unsettled: 'To settle',
    empty: 'No call has ended yet. Its record, text and recording will stand here.',
    nothingFound: 'No call matches.',
  },
  call: {
    back: 'Board', queueWait: 'Waited', desk: 'Desk', rings: 'Rings', noDesk: 'Not answered', conference: 'Three-party call', inferred: 'Inferred: learnt from the exchange afterwards', test: 'Only tests the line; counted nowhere',
    releasedBy: 'Hung up by', place: 'Place', people: 'Caller', elements: 'Facts',
    missing: 'There is no such call, or you may not see it.',
    transfer: { blind: 'Blind transfer', attended: 'Attended transfer', threeway: 'Three-party', redirect: 'Moved' },
    transferResult: { pending: 'under way', completed: 'connected', failed: 'failed', cancelled: 'cancelled' },
    noPlace: 'No place yet. Sources: the network (PIDF, ALI) and the caller\'s words.',
  },
  words: {
    title: 'Words', demoModel: 'Demonstration speech model: it hears synthetic voices only, not people.',
    dead: 'No transcript: recognition broke. Please listen; the recording goes on.', wanted: 'Recognition is being connected…', none: 'This call has no transcript.',
    empty: 'Words appear here as soon as somebody speaks.', emptyEnded: 'Nothing was heard that could be written down.', gap: 'Later', now: 'To the latest',
  },
  verdict: {
    title: 'Assessment', advice: 'advice', none: 'No assessment yet: it appears with the first words.', noneEnded: 'No assessment: nothing was heard to judge.', noText: 'No words to judge: unsure, a person decides.',
    priority: 'Priority', alternatives: 'Or', findings: 'Evidence', vetoes: 'Forbids "non-police"', next: 'Ask next', partners: 'Call in', department: 'Suggested to',
    partialWords: 'words not final',
  },
  value: {
    confirm: 'Confirm', correct: 'Correct', hear: 'Hear', conflict: 'Sources differ, side by side', confirmedBy: 'Confirmed by', add: 'Enter', save: 'Save',
    cancel: 'Cancel', unset: '—',
  },
  disposition: {
    title: 'Disposition', class: 'Class', nature: 'Nature', department: 'Department', note: 'Summary', finish: 'Finish', change: 'Change', choose: 'Choose…',
    suggested: 'The machine\'s advice, not yet decided by a person', settled: 'Settled: ', notePlaceholder: 'One sentence: who, what, what was done',
    missing: 'Please choose class and nature first.', done: 'Settled and saved.', stale: 'Somebody has just changed this call. Look at what is new, then press again.',
    and: ', ', vetoed: (names) => `Heard: ${names}. Is it really no police matter?`,
    keepWriting: 'You may settle while talking, and change it afterwards.',
  },
  player: {
    title: 'Recording', play: 'Play', pause: 'Pause', speed: 'Speed', rx: 'Caller', tx: 'Desk', mix: 'Both',
    none: 'No recording.', running: 'Being recorded; it can be heard after the call.', stopped: 'The recorder has stopped; the files are being checked and stored.', failed: 'Recording not usable: ', repaired: 'header repaired',
    fault: 'The recording cannot be played: ', closed: 'Say why, and it shows its wave and plays.', speedOf: (n) => `${n}×`, position: 'Playing position',
  },
  purpose: {
    title: 'Why do you listen?', explain: 'Every opening of a recording is logged: who, when, why.', submit: 'Open', note: 'More about it',
    choices: ['Check place and events', 'Quality check', 'Evidence for a case', 'Review the assessment', 'Training'],
  },
  events: {
    title: 'Events', verdict: 'Assessment', empty: 'No events yet.', more: 'More', inferred: 'inferred',
    nouns: {
      CallStart: 'Call begins', CallerIdentity: 'Caller number', CallStateChange: 'State', CallTransfer: 'Transfer', CallEnd: 'Call ends', RecMediaStart: 'Recording begins',
      RecMediaEnd: 'Recording stored', RecordingFailed: 'Recording failed', LocationResponse: 'Location', LocationFault: 'Location unreadable', SpeechStateChange: 'Transcript',
      TranscriptSegment: 'Words', TriageAssessed: 'Assessment', VetoRaised: 'Veto', DispositionSet: 'Disposition', CardUpdate: 'Card', UnexpectedSignal: 'Unexpected signal',
    },
  },
  health: {
    title: 'From the trunk to the archive', lead: { up: 'Everything works.', degraded: 'A link is not as it should be; calls go on.', down: 'A link is broken; calls go on.' },
    state: { up: 'works', degraded: 'degraded', down: 'down' },
    for: (span) => `, for ${span}`, last: 'Last fault: ', cure: 'Cure: ', still: 'Still works: ', version: 'Version', started: 'Started',
    live: 'live', queued: 'waiting', outbox: 'events to send', journal: 'journal number',
    empty: 'The gateway has not reported any link yet.',
    names: {
      pbx: 'Telephone exchange', broker: 'Message broker', database: 'Database', speech: 'Speech recognition', triage: 'Assessment rules', recordings: 'Recordings', outbox: 'Events to send', disk: 'Disk', clock: 'Clock', canary: 'Test call',
    },
    does: {
      pbx: 'tells the state of every call', broker: 'carries events to the dispatch core', database: 'keeps the journal and the cards', speech: 'writes down what both sides say', triage: 'finds the matter and the danger in the words', recordings: 'stores and checks every recording',
      outbox: 'keeps events in order until they are sent', disk: 'holds recordings and data', clock: 'stamps everything with its time', canary: 'rings in over the real trunk on a schedule, and is followed all the way',
    },
    remains: {
      pbx: 'The exchange answers, connects and records by itself; the gateway fills in the rest when it is back.', broker: 'Calls, cards and recordings go on; events wait and are sent in order.',
      database: 'Calls go on; the gateway keeps what is new and tries again.', speech: 'Calls, recordings, numbers and places go on; every verdict is "unsure".',
      triage: 'Calls, text and recordings go on; every verdict is "unsure", a person decides.',
      recordings: 'Calls go on; the exchange still holds its own files.', outbox: 'Calls and cards go on; the dispatch core hears of them later.', disk: 'Calls go on; please make room soon.', clock: 'Calls go on; times may be off.', canary: 'Real calls are not touched; but something on their way may be broken: follow the cure first.',
    },
    figures: {
      live: 'live', waiting: 'waiting', legs: 'legs', lag_ms: 'lag ms', free_bytes: 'bytes free', offset_ms: 'offset ms', pending: 'pending', stored: 'stored', behind: 'legs behind', workers: 'workers', model: 'model', parked: 'refused', capacity: 'capacity', last: 'last one', good: 'last good one', seconds: 'seconds in all',
    },
  },
  keys: {
    title: 'All keys', everywhere: 'Everywhere', here: 'On this page',
    board: 'Board', ended: 'Ended calls', health: 'Health', theme: 'Dark / light', language: '中文 / English', help: 'Show the keys', signOut: 'Sign out',
    move: 'Move between calls', open: 'Open', mine: 'Open your call', search: 'Find',
    finish: 'Finish', disposition: 'Go to the disposition', events: 'Assessment / events', confirm: 'Confirm the chosen value', correct: 'Correct the chosen value', hear: 'Hear the chosen value',
    play: 'Play / pause', back: 'Back 5 s', pause: 'Pause', faster: 'Play; again: faster', speed: '0.5 to 4 times', jump: 'Back / on 10 s',
    esc: 'Close, leave a field',
    space: 'Space',
  },
  class: { valid_alarm: 'Valid alarm', non_police: 'Non-police', unsure: 'Unsure' },
  nature: {
    robbery: 'Robbery', theft: 'Theft', fraud: 'Fraud', fight: 'Fight', domestic_violence: 'Domestic violence', sexual_offence: 'Sexual offence',
    homicide_threat: 'Homicide or threat', kidnapping: 'Kidnapping', missing_person: 'Missing person', suicide_risk: 'Suicide risk', traffic_accident: 'Traffic accident',
    drunk_driving: 'Drunk driving', fire: 'Fire', explosion_hazard: 'Explosion hazard', person_in_danger: 'Person in danger', mass_event: 'Mass event',
    gambling_drugs: 'Gambling, drugs', public_disturbance: 'Disturbance', noise: 'Noise', lost_property: 'Lost property', police_complaint: 'Police complaint',
    other_crime: 'Other crime', none: 'None',
  },
  department: {
    labour_bureau: 'Labour 12333', market_supervision: 'Market 12315', urban_construction: 'Construction 12319', legal_service_centre: 'Legal service 12348',
    telecommunications_bureau: 'Telecoms 12300', public_hotline_12345: 'Hotline 12345',
  },
  partner: { fire_119: 'Fire 119', ambulance_120: 'Ambulance 120', traffic_122: 'Traffic 122', other_110: 'Other 110' },
  veto: {
    weapon: 'Weapon', injury: 'Injury', fire: 'Fire, gas', child: 'Child', suicide: 'Suicide', confined: 'Confined', cannot_speak: 'Cannot speak', threat_to_life: 'Threat to life',
  },
  priority: { 1: 'life in danger', 2: 'in progress', 3: 'not urgent', 4: 'no police' },
  state: {
    SEIZED: 'Arrives', QUEUED: 'Waits', RINGING: 'Rings', ANSWERED: 'Talking', HELD: 'Held', TRANSFERRING: 'Moving', ENDED: 'Ended',
  },
  endReason: { COMPLETED: 'Completed', ABANDONED: 'Abandoned', TRANSFERRED: 'Transferred', FAILED: 'Failed', LOST: 'End unknown' },
  releaser: { caller: 'caller', call_taker: 'call-taker', department: 'department', system: 'system' },
  speaker: { caller: 'Caller', call_taker: 'Call-taker' },
  source: {
    AMI: 'AMI', ALI: 'ALI', PIDF: 'PIDF', AML: 'AML', HELD: 'HELD', speech: 'Speech', rules: 'Rules', history: 'History', person: 'Person',
  },
  field: {
    caller_number: 'Number', callback_number: 'Call-back', dialed: 'Dialled', address: 'Address', position: 'Position', class: 'Class', nature: 'Nature', priority: 'Priority',
    department: 'Department', partners: 'Call in', weapon: 'Weapon', people_injured: 'Injured', vehicle: 'Vehicle', plate: 'Plate', phone: 'Phone', loss: 'Loss', time: 'Time',
    name: 'Name', suspect: 'Suspect', summary: 'Summary', next_question: 'Ask next',
  },
}
