import { parse } from 'yaml'

/** A rule as somebody would tell it. Missing keys are as a pack without them has them. */
export interface SpokenRule {
  class: string
  nature: string
  department: string
  kind: string
  priority: number
  weight: number
  partners: string[]
  any: string[]
  /** Of each group one. */
  all: string[][]
  none: string[]
  patterns: string[]
  sounds_alike: string[]
  reach: number
  speaker: string
  /** How words must be meant to count; empty: as the class has it; `any`: however they are meant. */
  scope: string[]
  when: string
  explanation: { zh: string; en: string }
  next_question: { zh: string; en: string }
  match: string[]
  not: string[]
}

export interface SpokenVeto {
  caller: string[]
  always: string[]
}

const list = (value: unknown): string[] => (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]).map((one) => String(one ?? ''))
const map = (value: unknown): Record<string, unknown> => (value && typeof value === 'object' && !Array.isArray(value) ? value as Record<string, unknown> : {})
const word = (value: unknown): string => (value === undefined || value === null ? '' : String(value))
const both = (value: unknown) => ({ zh: word(map(value).zh), en: word(map(value).en) })

/** One rule's lines read as YAML; null while they cannot be read. */
export function spokenRule(lines: string): SpokenRule | null {
  const value = read(lines)
  const rule = map(Array.isArray(value) ? value[0] : value)
  if (!rule.id) return null
  const examples = map(rule.examples)
  return {
    class: word(rule.class), nature: word(rule.nature), department: word(rule.department), kind: word(rule.kind), priority: Number(rule.priority ?? 3), weight: Number(rule.weight ?? 0.7),
    partners: list(rule.partners), any: list(rule.any), all: Array.isArray(rule.all) ? rule.all.map(list) : [], none: list(rule.none), patterns: list(rule.patterns),
    sounds_alike: list(rule.sounds_alike), reach: Number(rule.distance ?? 30), speaker: word(rule.speaker) || 'caller', scope: list(rule.scope), when: word(rule.when),
    explanation: both(rule.explanation), next_question: both(rule.next_question), match: list(examples.match), not: list(examples.not),
  }
}

export function spokenVeto(text: string): SpokenVeto | null {
  const value = map(read(text))
  return value.code ? { caller: list(value.caller), always: list(value.always) } : null
}

function read(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0, logLevel: 'silent' })
  } catch {
    return null
  }
}

/** Innermost brackets first. */
const BRACKETS = /\(([^()]*)\)/

/** A pattern as it is read aloud: `(拿|持|)…刀` is 〔拿/持?〕, a gap, 刀; the question mark says it may be missing. */
export function aloud(pattern: string): string {
  let told = pattern
  for (let found = BRACKETS.exec(told); found; found = BRACKETS.exec(told)) {
    const ways = (found[1] ?? '').replace(/^\?:/, '').split('|')
    told = told.replace(BRACKETS, () => `〔${ways.filter(Boolean).join('/')}${ways.includes('') ? '?' : ''}〕`)
  }
  return told
}
