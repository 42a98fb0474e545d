import { card, seats } from './en-card'
import { drill } from './en-drill'
import { handover } from './en-handover'
import { orders } from './en-orders'
import { place } from './en-place'
import { plans } from './en-plans'
import { quiet } from './en-quiet'
import { records } from './en-records'
import { share } from './en-share'
import { thread } from './en-thread'
import { together } from './en-together'
import { wall } from './en-wall'
import { quality } from './en-quality'
import { rules } from './en-rules'
import type { Dictionary } from './zh'

export const en: Dictionary = {
  app: {
    product: '110 intake',
    demo: 'Demo',
    board: 'Board', ended: 'Ended', speech: 'Speech', quality: 'Quality', rules: 'Rules', health: 'Health',
    keys: 'Keys', theme: { dark: 'Dark', light: 'Light' }, language: '中文', signOut: 'Sign out',
    position: 'Desk', noPosition: 'No desk',
    close: 'Close', loading: 'Loading…', retry: 'Try again',
    unreachable: 'The gateway did not answer. Calls are not affected; please try again.',
    notFound: 'There is no such page.', notYours: 'This page is not for your role.', toBoard: 'Back to the board',
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
    inferred: 'Inferred', test: 'Test',
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
  },
  where: {
    lead: 'Where', within: (radius) => `within ${radius}`, sure: (percent) => `${percent}% sure`, unsized: 'accuracy unknown', unplaced: 'Address only, no position', noAddress: 'No address', elsewhere: (name) => `In ${name}`,
    none: 'No place yet.', noneEnded: 'No place.', sources: 'Sources: the telephone network (PIDF, ALI), the phone (AML), the caller\'s words.',
    why: 'Why this one leads', jurisdiction: 'Police', junctions: 'Junctions', district: 'District', others: 'Also said', steps: (span, far) => `Moving: about ${far} in ${span}`,
    outside: 'Outside our jurisdiction', conflict: (one, other, far) => `${one} and ${other} are ${far} apart`, conflictBare: (one, other) => `${one} and ${other} disagree`,
    assumed: 'datum not stated: as configured', expired: 'expired', refresh: 'Ask for the place again', refreshing: 'Asking…', refreshed: 'Asked; answers appear as they come', masked: 'Your role sees the district only.',
    spotSet: 'The spot you marked leads now', leads: 'The one you chose leads now', leadThis: 'Let this lead', copy: 'Copy', copied: (datum) => `Copied ${datum}`, notCopied: 'The browser does not let us copy; please select by hand', onMap: 'Show on the map', asked: 'Queries', additional: 'Additional data',
    span: { seconds: (n) => `${n} s`, minutes: (n) => `${n} min` },
    ago: { seconds: (n) => `${n} s ago`, minutes: (n) => `${n} min ago`, hours: (n) => `${n} h ago` },
    by: { PIDF: 'Device position', HELD: 'Network position', AML: 'Phone position', ALI: 'Registered address', speech: 'Spoken address', person: 'Entered address', shared: 'Caller\'s phone' },
    query: { asking: 'asking…', answered: 'answered', nothing: 'knows nothing', failed: 'failed' },
    method: { gps: 'satellite', gnss: 'satellite', 'a-gps': 'satellite', 'a-gnss': 'satellite', 'device-based_a-gps': 'satellite', 'device-assisted_a-gps': 'satellite', cell: 'cell', 'cell-id': 'cell', tdoa: 'cell ranging', 'e-otd': 'cell ranging', otdoa: 'cell ranging', wifi: 'Wi-Fi', '802.11': 'Wi-Fi', dhcp: 'wired network', manual: 'registered by hand', derived: 'derived', triangulation: 'triangulation', hybrid: 'hybrid', fused: 'hybrid' },
    toward: ['N', 'NE', 'E', 'SE', 'S', 'SW', 'W', 'NW'],
    block: { SubscriberInfo: 'Subscriber', ProviderInfo: 'Provider', DeviceInfo: 'Device', ServiceInfo: 'Service', Comment: 'Comment' },
  },
  map: {
    title: 'Map', label: (what) => `Map: ${what}`, empty: 'no place', enlarge: 'Enlarge', shrink: 'Close', keys: 'Zoom, all', moveKeys: 'move', metre: (n) => `${n} m`, kilometre: (n) => `${n} km`,
    sketch: 'Sketch (no WebGL here)', noWebgl: 'The map needs WebGL; places are drawn', broken: 'The map cannot be read; places are drawn', none: 'No local map installed; places are drawn',
  },
  words: {
    title: 'Words', demoModel: (languages) => `Demonstration speech model${languages ? ` (${languages})` : ''}: it hears synthetic voices only, not people.`, demoBrief: (languages) => `Demo model${languages ? ` (${languages})` : ''}: synthetic voices only`, hotWord: (heard) => `Hot word; the recognizer itself wrote: ${heard}`,
    none: 'This call has no transcript.',
    empty: 'Words appear here as soon as somebody speaks.', emptyEnded: 'Nothing was heard that could be written down.', gap: '(filled in)', now: 'To the latest',
  },
  hearing: {
    state: {
      wanted: 'Being connected…', live: 'Heard live', behind: 'Text comes late', set_aside: 'Not transcribed now', no_frames: 'No transcript', deaf: 'No transcript', no_words: 'No transcript', no_model: 'Words in doubt', broken: 'No transcript', dead: 'No transcript', over: 'Left',
    },
    why: {
      wanted: 'recognition never came; still trying', behind: 'nothing is lost, the text follows', set_aside: 'callers are heard first; the sound is kept and written down when there is room', no_frames: 'no sound reaches recognition; being connected again',
      deaf: 'somebody speaks and no text comes; the recognizer is being replaced', no_words: 'a second recognizer found no words either: noise, music or another language?', no_model: 'the model of this language cannot be used; the default one writes words that may all be wrong', broken: 'recognition broke; being connected again', dead: 'given up after several tries',
    },
    events: { filled: 'Filled in', unfilled: 'Could not be filled in', unreviewed: 'Second hearing failed', language: 'Language chosen' },
    since: (when) => `since ${when}`, never: 'No transcript',
    still: 'Without a transcript please listen. Recording, number and place go on; the recording is written down afterwards.',
    owed: (span) => `${span} not heard: being filled in`, owedLive: (span) => `${span} not heard: filled in afterwards`, unfilled: (span) => `${span} not heard: could not be filled in`,
    unheard: (when) => `Unsure: the caller is not heard (since ${when})`, unheardOver: (span) => `Unsure: ${span} of the caller were not heard`, person: 'A person decides.',
    tile: { none: 'No text', aside: 'Text later', late: 'Text late' }, desk: 'desk',
    hall: { none: (n) => `${n} not heard`, aside: (n) => `${n} later`, late: (n) => `${n} late`, dead: 'Speech recognition down: no transcript, every verdict unsure', lost: (names) => `listener ${names} lost` },
  },
  reading: {
    name: { live: 'the live text', review: 'the second hearing' },
    rests: 'Rests on', differs: (share) => `${share} different`, same: 'both are the same', show: (name) => `Show ${name}`, back: 'Back to what the card rests on', next: 'Next difference',
    other: (name) => `You are looking at ${name}; the card does not rest on it.`, legend: 'Both stand where they differ; struck out: not used.', nothing: 'nothing heard', says: (name) => `${name}: `, unreviewed: 'Second hearing failed; rests on the live text', distrusted: 'The second hearing heard too little; rests on the live text',
  },
  verdict: {
    title: 'Assessment', advice: 'advice', none: 'No assessment yet: it appears with the first words.', noneEnded: 'No assessment: there are no words to judge.', noText: 'No words to judge: unsure, a person decides.',
    priority: 'Priority', alternatives: 'Or', findings: 'Evidence', vetoes: 'Forbids "non-police"', next: 'Ask next', partners: 'Call in', department: 'Suggested to',
    partialWords: 'words not final', before: 'From what was heard before:',
  },
  opinion: {
    title: 'Second opinion', raised: 'Contradicts the rules: made unsure, a person decides.', alone: (what) => `By the rules alone: ${what}`,
    what: (model) => `What the statistical model ${model} says, advice only: it never decides non-police`,
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
    none: 'No recording.', running: 'Being recorded; it can be heard after the call.', stopped: 'The recorder has stopped; the files are being checked and stored.', failed: 'Recording not usable: ', repaired: 'header repaired', doubtful: 'Recording in doubt: ',
    fault: 'The recording cannot be played: ', closed: 'Say why, and it shows its wave and plays.', speedOf: (n) => `${n}×`, position: 'Playing position',
  },
  purpose: {
    title: 'Why do you listen?', explain: 'Every opening of a recording is logged: who, when, why.', submit: 'Open', note: 'More about it',
    choices: ['Check place and events', 'Quality check', 'Evidence for a case', 'Review the assessment', 'Training'],
  },
  events: {
    title: 'Log', verdict: 'Assessment', empty: 'Nothing logged yet.', more: 'More', inferred: 'inferred',
    nouns: {
      CallStart: 'Call begins', CallerIdentity: 'Caller number', CallStateChange: 'State', CallTransfer: 'Transfer', CallEnd: 'Call ends', RecMediaStart: 'Recording begins',
      RecMediaEnd: 'Recording stored', RecordingFailed: 'Recording failed', LocationResponse: 'Location', LocationFault: 'Location unreadable', SpeechStateChange: 'Transcript', TranscriptReviewed: 'Second hearing',
      TranscriptSegment: 'Words', TriageAssessed: 'Assessment', VetoRaised: 'Veto', DispositionSet: 'Disposition', CardUpdate: 'Card', UnexpectedSignal: 'Unexpected signal',
    },
  },
  speech: {
    title: 'Speech quality', asOf: (when) => `Read at ${when}`, days: (n) => `${n} days`, period: 'Period', again: 'Read anew',
    lead: (days, n, right) => `In the last ${days} days people checked ${n} facts that the machine took from speech: ${right} stood as heard, the rest was corrected.`,
    weakest: (name, right) => `Look first at ${name}: only ${right} stood as heard.`, nothingWeak: 'No kind of fact is corrected often.',
    fields: 'Which facts are heard well', lines: 'Which model and which line hears well', field: 'Fact', model: 'Model', trunk: 'Trunk', speaker: 'Whose words', checked: 'Checked', confirmed: 'Stood as heard', letters: 'Characters right',
    few: 'too few to judge', weak: 'often corrected', unknown: 'unknown',
    explain: '"Stood as heard": share of facts that nobody had to change. "Characters right": share of characters that stood. Facts nobody touched do not count. Nothing of any call is shown here.',
    empty: (days) => `Nothing to measure in the last ${days} days yet.`,
    emptyWhy: 'Source: the call card. As soon as call-takers confirm or correct a fact the machine heard (phone, plate, address …), this page counts how much was right, by fact, model, trunk and speaker.',
    longer: 'Look at a longer period:',
  },
  card,
  seats,
  drill,
  handover,
  orders,
  together,
  wall,
  place,
  plans,
  quiet,
  records,
  share,
  thread,
  quality,
  rules,
  findingKind: {
    matter: 'the matter itself', letter: 'written letter', case: 'words of a case file', child: 'sounds like a child', drunk: 'sounds drunk', silence: 'nobody speaks', line_noise: 'line noise', pocket_dial: 'pocket dial', wrong_number: 'wrong number', test_call: 'test call', prank: 'prank', idle_talk: 'idle talk',
  },
  language: { zh: 'Mandarin', cmn: 'Mandarin', yue: 'Cantonese', en: 'English', auto: 'found by listening' },
  thisMachine: 'this machine',
  ago: { now: 'just now', minutes: (n) => `${n} min ago`, hours: (n) => `${n} h ago`, days: (n) => `${n} days ago` },
  health: {
    title: 'From the trunk to the archive', lead: { up: 'Everything works.', degraded: 'A link is not as it should be; calls go on.', down: 'A link is broken; calls go on.' },
    state: { up: 'works', degraded: 'degraded', down: 'down' },
    for: (span) => `, for ${span}`, last: 'Last fault: ', cure: 'Cure: ', still: 'Still works: ', version: 'Version', started: 'Started',
    live: 'live', queued: 'waiting', outbox: 'events to send', journal: 'journal number',
    empty: 'The gateway has not reported any link yet.',
    names: {
      pbx: 'Telephone exchange', broker: 'Message broker', database: 'Database', speech: 'Speech recognition', listener: 'Listener', triage: 'Assessment rules', recordings: 'Recordings', outbox: 'Events to send', disk: 'Disk', clock: 'Clock', canary: 'Test call',
      texts: 'Text calls', places: 'Places', location: 'Source of places', 'location bodies': 'Places handed in', 'map markers': 'Markers on the map', map: 'Map',
      rules: 'Rule packs', quality: 'Quality watch', second_opinion: 'Second opinion', 'work orders': 'Work orders',
    },
    does: {
      pbx: 'tells the state of every call', broker: 'carries events to the dispatch core', database: 'keeps the journal and the cards', speech: 'writes down what both sides say', listener: 'one machine that writes down words for the gateway', triage: 'finds the matter and the danger in the words', recordings: 'stores and checks every recording',
      outbox: 'keeps events in order until they are sent', disk: 'holds recordings and data', clock: 'stamps everything with its time', canary: 'rings in over the real trunk on a schedule, and is followed all the way',
      texts: 'takes text calls in (12110 SMS, app messages)', places: 'finds spots in what callers say, and whose beat they are', location: 'is asked by number or reference where a caller is', 'location bodies': 'border elements and telephones send them; each finds its call', 'map markers': 'where units and cameras are', map: 'the streets beneath a caller',
      rules: 'the packs that judge now', quality: 'compares verdicts with what people decide, day by day', second_opinion: 'a statistical model weighed beside the rules: never non-police by itself', 'work orders': 'what goes to the departments and comes back',
    },
    remains: {
      pbx: 'The exchange answers, connects and records by itself; the gateway fills in the rest when it is back.', broker: 'Calls, cards and recordings go on; events wait and are sent in order.',
      database: 'Calls go on; the gateway keeps what is new and tries again.', speech: 'Calls, recordings, numbers and places go on; every verdict is "unsure".', 'speech=degraded': 'Calls, recordings, numbers and places go on; what can be followed is written down live, the rest from the recording.',
      listener: 'Other listeners take over its calls; what none of them can follow is recorded and written down afterwards.',
      triage: 'Calls, text and recordings go on; every verdict is "unsure", a person decides.',
      recordings: 'Calls go on; the exchange still holds its own files.', outbox: 'Calls and cards go on; the dispatch core hears of them later.', disk: 'Calls go on; please make room soon.', clock: 'Calls go on; times may be off.', canary: 'Real calls are not touched; but something on their way may be broken: follow the cure first.',
      texts: 'Calls go on; text calls stay with their provider.', places: 'Calls and positions go on; spots that callers name are looked up by people.', location: 'Calls and all other sources of places go on.', 'location bodies': 'Calls and all other sources of places go on.', map: 'Calls and places go on; places are drawn on a plainer map, or on a bare ground.', 'map markers': 'Calls and their places go on; units or cameras are missing on the map.',
      quality: 'Calls and verdicts go on; shares are unusual, that is all.', second_opinion: 'Calls go on, rules judge alone.',
    },
    figures: {
      live: '{} in progress', 'speech.live': 'hears {} sides of calls', 'listener.live': 'hears {} sides of calls', legs: 'can follow {} at once', 'behind=0': 'none is late', behind: '{} late: their text comes afterwards', 'set_aside=0': '', set_aside: '{} call-takers heard afterwards, callers first', 'unheard=0': '', unheard: '{} without text', 'left_out=0': '', left_out: '{} models left out', workers: '{} recognizers', model: 'model {}',
      'alarms=0': 'no drift', alarms: '{} shares outside their usual band', 'unreadable=0': '', unreadable: '{} calls cannot be read and are not counted', examples: 'taught with {} calls', taken: 'in use since {}', 'rules.version': 'version {}', pack: 'pack {}', 'rules.rules': '{} rules', 'folder_differs=false': '', 'folder_differs=true': '',
      'waiting=0': 'nothing waits', waiting: '{} wait', 'parked=0': '', parked: '{} refused', pending: '{} pending', stored: '{} stored', lag_ms: '{} ms behind', offset_ms: 'off by {} ms', free_bytes: '{} free', capacity: 'room for {}',
      last: 'last one {}', good: 'last good one {}', 'good=–': 'none has succeeded yet', seconds: 'followed for {} s',
      'location.asked': 'asked {} times', 'failed=0': '', 'location.failed': '{} without an answer', 'places.places': '{} places', 'places.version': 'version {}', 'places.city': '{}', 'unmatched=0': '', unmatched: '{} without a call yet', 'dropped=0': '', dropped: '{} dropped', units: '{} units', cameras: '{} cameras', 'map markers.set_aside': '{} set aside',
    },
  },
  keys: {
    title: 'All keys', everywhere: 'Everywhere', here: 'On this page',
    board: 'Board', ended: 'Ended calls', speech: 'Speech quality', quality: 'Verdict quality', rules: 'Rule workshop', health: 'Health', theme: 'Dark / light', language: '中文 / English', help: 'Show the keys', signOut: 'Sign out',
    move: 'Move between calls', open: 'Open', mine: 'Open your call', search: 'Find',
    finish: 'Finish', disposition: 'Go to the disposition', events: 'Assessment / log', confirm: 'Confirm the chosen value', correct: 'Correct the chosen value', hear: 'Hear the chosen value',
    play: 'Play / pause', back: 'Back 5 s', pause: 'Pause', faster: 'Play; again: faster', speed: '0.5 to 4 times', jump: 'Back / on 10 s',
    lead: 'Let the chosen place lead', map: 'Large map', copyWgs: 'Copy the position', copyGcj: 'Copy the position', locate: 'Ask for the place again', nextFix: 'Next other place on the map', zoom: 'Nearer, further, all (on the map)', pan: 'Move the map (on the map)',
    reading: 'The text of the other hearing', difference: 'Next difference', days: 'The last 7 / 30 / 90 days', again: 'Read anew',
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
    AMI: 'AMI', text: 'text', ALI: 'ALI', PIDF: 'PIDF', AML: 'AML', HELD: 'HELD', speech: 'Speech', rules: 'Rules', history: 'History', person: 'Person', shared: 'phone',
  },
  field: {
    caller_number: 'Number', callback_number: 'Call-back', dialed: 'Dialled', address: 'Address', position: 'Position', class: 'Class', nature: 'Nature', priority: 'Priority',
    department: 'Department', partners: 'Call in', weapon: 'Weapon', people_injured: 'Injured', vehicle: 'Vehicle', plate: 'Plate', phone: 'Phone', loss: 'Loss', time: 'Time',
    name: 'Name', suspect: 'Suspect', people: 'People', children: 'Children', relationship: 'Relation', goods: 'Goods', direction: 'Went', language: 'Language',
    summary: 'Summary', next_question: 'Ask next',
  },
}
