import type { FieldName } from '../api/codes'
import type { Assessment, CallSummary, Fields } from '../api/types'
import { inLanguage, named, text } from '../text'

/** What a summary names beside nature and place, in this order. */
const FACTS: FieldName[] = ['time', 'weapon', 'people_injured', 'people', 'children', 'vehicle', 'plate', 'suspect', 'direction', 'goods', 'loss', 'relationship', 'name', 'phone']
/** The summary is read in seconds; the transcript keeps the whole. */
const MOST_CHARS = 300
const QUOTES = 2

const first = (fields: Fields, name: FieldName): string => fields[name]?.[0]?.value ?? ''

/** A draft of the summary out of the card and what the verdict rests on, in the reader's language: a person edits it. Pure. */
export function draftSummary(call: CallSummary, fields: Fields, assessment: Assessment | null): string {
  const words = text.value.card.summary
  const nature = first(fields, 'nature') || assessment?.nature || ''
  const what = nature && nature !== 'none' ? named(text.value.nature, nature) : ''
  const place = first(fields, 'address') || call.location || ''
  const facts = FACTS.filter((name) => first(fields, name)).map((name) => words.fact(text.value.field[name], first(fields, name)))
  const quotes = [...new Set((assessment?.findings ?? []).map((finding) => finding.quote).filter(Boolean))].slice(0, QUOTES)
  const lead = assessment?.findings.find((finding) => !finding.quote)
  const parts = [
    call.medium === 'text' ? words.leadText(what) : words.lead(what), place && words.place(place), facts.join(words.comma),
    quotes.length ? words.said(quotes) : lead ? inLanguage(lead.explanation_zh, lead.explanation_en) : '',
  ].filter(Boolean)
  const whole = parts.join(words.stop) + words.end
  return whole.length > MOST_CHARS ? `${whole.slice(0, MOST_CHARS - 1)}…` : whole
}
