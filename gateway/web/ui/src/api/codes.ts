// The product's codes, in the order in which lists show them. The gateway's enumerations are the source.

export const CLASSES = ['valid_alarm', 'non_police', 'unsure'] as const
export const NATURES = [
  'robbery', 'theft', 'fraud', 'fight', 'domestic_violence', 'sexual_offence', 'homicide_threat', 'kidnapping',
  'missing_person', 'suicide_risk', 'traffic_accident', 'drunk_driving', 'fire', 'explosion_hazard',
  'person_in_danger', 'mass_event', 'gambling_drugs', 'public_disturbance', 'noise', 'lost_property',
  'police_complaint', 'other_crime', 'none',
] as const
export const DEPARTMENTS = [
  'labour_bureau', 'market_supervision', 'urban_construction', 'legal_service_centre',
  'telecommunications_bureau', 'public_hotline_12345',
] as const
export const PARTNERS = ['fire_119', 'ambulance_120', 'traffic_122', 'other_110'] as const
export const VETOES = [
  'weapon', 'injury', 'fire', 'child', 'suicide', 'confined', 'cannot_speak', 'threat_to_life',
] as const
export const STATES = ['SEIZED', 'QUEUED', 'RINGING', 'ANSWERED', 'HELD', 'TRANSFERRING', 'ENDED'] as const
export const END_REASONS = ['COMPLETED', 'ABANDONED', 'TRANSFERRED', 'FAILED', 'LOST'] as const
export const RELEASERS = ['caller', 'call_taker', 'department', 'system'] as const
export const SOURCES = ['AMI', 'text', 'ALI', 'PIDF', 'AML', 'HELD', 'speech', 'rules', 'history', 'person', 'shared'] as const
export const FIELDS = [
  'caller_number', 'callback_number', 'dialed', 'address', 'position', 'class', 'nature', 'priority', 'department',
  'partners', 'weapon', 'people_injured', 'people', 'children', 'relationship', 'vehicle', 'plate', 'phone', 'goods',
  'loss', 'time', 'name', 'suspect', 'direction', 'language', 'summary',
  'next_question',
] as const
export const HEARING_STATES = [
  'wanted', 'live', 'behind', 'set_aside', 'no_frames', 'deaf', 'no_words', 'no_model', 'broken', 'dead', 'over',
] as const
export const PRIORITIES = [1, 2, 3, 4] as const

export type AlarmClass = (typeof CLASSES)[number]
export type Nature = (typeof NATURES)[number]
export type Department = (typeof DEPARTMENTS)[number]
export type Partner = (typeof PARTNERS)[number]
export type VetoCode = (typeof VETOES)[number]
export type CallState = (typeof STATES)[number]
export type EndReason = (typeof END_REASONS)[number]
export type Releaser = (typeof RELEASERS)[number]
export type Source = (typeof SOURCES)[number]
export type FieldName = (typeof FIELDS)[number]
export type HearingState = (typeof HEARING_STATES)[number]
export type Priority = (typeof PRIORITIES)[number]
export type Speaker = 'caller' | 'call_taker'
