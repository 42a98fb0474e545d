import { computed, ref, watch } from 'vue'
import type { Described, Fix, LatLon, TrailPoint } from '../api/types'
import { distanceText, since } from '../format'
import { distance, outline } from '../map/geometry'
import { inLanguage, named, text } from '../text'
import { page } from './call'
import { now } from './time'

/** Nearer than this a caller stands still: a fix wanders by itself. */
const MOVED_M = 100
/** Marks of what the caller's own device says: these make a trail when it moves. */
const DEVICE: readonly string[] = ['PIDF', 'HELD', 'AML']

/** The fix that a person looks at beside the leading one; none when null. */
export const chosen = ref<string | null>(null)
watch(() => page.id, () => (chosen.value = null))

const byId = (id: string | null) => page.where.locations.find((fix) => fix.location_id === id) ?? null
const newest = (a: Fix, b: Fix) => Date.parse(b.obtained_at) - Date.parse(a.obtained_at)

export const leading = computed<Fix | null>(() => byId(page.where.leading_location))
export const chosenFix = computed<Fix | null>(() => byId(chosen.value))

const line = (fix: Fix) => `${fix.source} ${DEVICE.includes(fix.source) ? '' : (fix.provided_by ?? fix.address ?? '')}`

/** The newest fix of every other source: they stand side by side and are never merged. */
export const others = computed<Fix[]>(() => {
  const lead = leading.value
  const kept = new Map<string, Fix>()
  for (const fix of [...page.where.locations].sort(newest)) {
    if (fix === lead || (lead && line(fix) === line(lead))) continue
    if (!kept.has(line(fix))) kept.set(line(fix), fix)
  }
  return [...kept.values()]
})

/** Where the caller's device was, oldest first; empty when it said so once. */
export const trail = computed<TrailPoint[]>(() => (page.where.trail.length > 1 ? page.where.trail : []))

/** How far the caller has come along the trail, and in what time; null: stands still. */
export const movement = computed(() => {
  const [first, last] = [trail.value[0], trail.value.at(-1)]
  const metres = first && last ? distance(first.wgs84, last.wgs84) : 0
  return first && last && metres >= MOVED_M ? { metres, seconds: (Date.parse(last.at) - Date.parse(first.at)) / 1000 } : null
})

/** What the site's places say of the leading fix. */
export const described = computed<Described | null>(() => {
  const known = page.where.description
  return known && known.location_id === page.where.leading_location ? known : null
})

export interface Disagreement {
  one: Fix
  other: Fix
  sentence: string
  distance_m: number | null
}

/** Pairs of fixes that cannot both be right, as the gateway flags them. */
export const disagreements = computed<Disagreement[]>(() =>
  page.where.conflicts.flatMap(({ one, other, distance_m, zh, en }) => {
    const [first, second] = [byId(one), byId(other)]
    return first && second ? [{ one: first, other: second, distance_m, sentence: inLanguage(zh ?? null, en ?? null) }] : []
  }))

/** What the map must hold when it shows all: the leading place, what contradicts it, what a person chose. */
export const framed = computed<LatLon[]>(() => {
  const fixes = [leading.value, chosenFix.value, ...disagreements.value.flatMap((pair) => [pair.one, pair.other])]
  const shown = fixes.some((fix) => fix?.wgs84) ? fixes : others.value
  return [...trail.value.map((point) => point.wgs84), ...shown.flatMap((fix) => (fix?.wgs84 ? [fix.wgs84, ...outline(fix)] : []))]
})

/** Shows the next of the other fixes on the map, then none again. */
export function chooseNext(): void {
  const ids = others.value.filter((fix) => fix.wgs84).map((fix) => fix.location_id)
  chosen.value = ids[ids.indexOf(chosen.value ?? '') + 1] ?? null
}

// ---- a fix in words

export const sourceText = (fix: Fix): string => named(text.value.source, fix.source)
/** What a source stands for, in words for a sentence: "spoken address". */
export const byText = (fix: Fix): string => named(text.value.where.by, fix.source)
/** How it was obtained, in words; that a person set it is said by its source already. */
export const methodText = (fix: Fix): string => (fix.method && fix.source !== 'person' ? (text.value.where.method[fix.method.toLowerCase()] ?? fix.method) : '')

/** A radius is never told smaller than it is, nor more exactly than it can be. */
const roundedUp = (metres: number) => (metres > 200 ? Math.ceil(metres / 10) * 10 : Math.ceil(metres))

/** How far around: within 50 m; or that it is an address alone. */
export function sizeText(fix: Fix): string {
  const words = text.value.where
  if (!fix.wgs84) return words.unplaced
  return fix.uncertainty_m === null ? words.unsized : words.within(distanceText(roundedUp(fix.uncertainty_m)))
}

/** RFC 5139 elements from large to small, as Chinese addresses are written. */
const LARGE_TO_SMALL = ['A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'RD', 'STS', 'HNO', 'HNS', 'LMK', 'BLD', 'UNIT', 'FLR', 'ROOM', 'LOC', 'NAM']

/** The address that the fix itself has, in one line. */
export function addressText(fix: Fix): string {
  const civic = new Map(fix.civic ?? [])
  return fix.address || LARGE_TO_SMALL.map((element) => civic.get(element) ?? '').join('')
}

export function ageText(fix: Fix): string {
  const seconds = Math.max(0, Math.floor(since(fix.obtained_at, now.value) / 1000))
  const words = text.value.where.ago
  if (seconds < 100) return words.seconds(seconds)
  return seconds < 100 * 60 ? words.minutes(Math.floor(seconds / 60)) : words.hours(Math.floor(seconds / 3600))
}

/** One of eight directions, seen from the caller. */
export const bearingText = (degrees: number | null): string =>
  degrees === null ? '' : (text.value.where.toward[Math.round((((degrees % 360) + 360) % 360) / 45) % 8] ?? '')
