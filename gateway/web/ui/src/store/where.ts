import { computed, ref, watch } from 'vue'
import type { Fix, LatLon } from '../api/types'
import { distanceText, since } from '../format'
import { outline } from '../map/geometry'
import { named, text } from '../text'
import { page } from './call'
import { now } from './time'

/** Fixes of a trail drawn at most: the newest say where somebody is going. */
const TRAIL_AT_MOST = 20
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

/** Where the caller's device was before, oldest first, the leading fix last; empty when it stood still or said it once. */
export const trail = computed<Fix[]>(() => {
  const lead = leading.value
  if (!lead?.wgs84) return []
  const until = Date.parse(lead.obtained_at)
  const before = page.where.locations.filter((fix) =>
    fix !== lead && fix.wgs84 && line(fix) === line(lead) && Date.parse(fix.obtained_at) <= until)
  return before.length ? [...before.sort(newest).slice(0, TRAIL_AT_MOST - 1).reverse(), lead] : []
})

export interface Disagreement {
  one: Fix
  other: Fix
  distance_m: number | null
}

/** Pairs of fixes that cannot both be right, as the gateway flags them. */
export const disagreements = computed<Disagreement[]>(() =>
  page.where.conflicts.flatMap(({ one, other, distance_m }) => {
    const [first, second] = [byId(one), byId(other)]
    return first && second ? [{ one: first, other: second, distance_m }] : []
  }))

/** What the map must hold when it shows all: the leading place, what contradicts it, what a person chose. */
export const framed = computed<LatLon[]>(() => {
  const fixes = [leading.value, chosenFix.value, ...trail.value, ...disagreements.value.flatMap((pair) => [pair.one, pair.other])]
  const shown = fixes.some((fix) => fix?.wgs84) ? fixes : others.value
  return shown.flatMap((fix) => (fix?.wgs84 ? [fix.wgs84, ...outline(fix)] : []))
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
export const methodText = (fix: Fix): string => (fix.method ? (text.value.where.method[fix.method.toLowerCase()] ?? fix.method) : '')

/** How far around: within 50 m; or that it is an address alone. */
export function sizeText(fix: Fix): string {
  const words = text.value.where
  if (!fix.wgs84) return words.unplaced
  return fix.uncertainty_m === null ? words.unsized : words.within(distanceText(Math.ceil(fix.uncertainty_m)))
}

export function ageText(fix: Fix): string {
  const seconds = Math.max(0, Math.floor(since(fix.obtained_at, now.value) / 1000))
  const words = text.value.where.ago
  if (seconds < 100) return words.seconds(seconds)
  return seconds < 100 * 60 ? words.minutes(Math.floor(seconds / 60)) : words.hours(Math.floor(seconds / 3600))
}

/** One of eight directions, seen from the caller. */
export const bearingText = (degrees: number): string => text.value.where.toward[Math.round((((degrees % 360) + 360) % 360) / 45) % 8] ?? ''
