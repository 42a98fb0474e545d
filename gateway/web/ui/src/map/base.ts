// The site's own map as GeoJSON: roads, water, parks, buildings, districts with names. Nothing of it comes from elsewhere.

import { toScreen, world, type Spot, type View } from './geometry'
import type { LatLon } from '../api/types'

export const KINDS = ['district', 'park', 'water', 'building', 'road'] as const
export type Kind = (typeof KINDS)[number]

export interface Drawn {
  kind: Kind
  name: string
  area: boolean
  /** Rings or lines, corners as [longitude, latitude] as GeoJSON has them. */
  lines: [number, number][][]
  box: [number, number, number, number]
}
interface Geometry {
  type: string
  coordinates: never
}
interface Collection {
  features?: { geometry: Geometry | null; properties: { kind?: string; name?: string } | null }[]
}

/** Features drawn by the sketch at most; of a larger map the biggest ones in view go first. */
const DRAWN_AT_MOST = 3000
const NAMES_AT_MOST = 24
const LETTER_PX = 11

/** What can be drawn of a GeoJSON collection; geometries and kinds that nobody knows are left out. */
export function readMap(collection: Collection): Drawn[] {
  return (collection.features ?? []).flatMap(({ geometry, properties }) => {
    const kind = KINDS.find((known) => known === properties?.kind)
    const lines = geometry ? linesOf(geometry) : []
    if (!kind || !lines.length) return []
    const all = lines.flat()
    const [xs, ys] = [all.map((corner) => corner[0]), all.map((corner) => corner[1])]
    const box = [least(xs), least(ys), most(xs), most(ys)] as Drawn['box']
    return [{ kind, name: properties?.name ?? '', area: geometry?.type.includes('Polygon') ?? false, lines, box }]
  })
}

const least = (values: number[]) => values.reduce((a, b) => Math.min(a, b), Infinity)
const most = (values: number[]) => values.reduce((a, b) => Math.max(a, b), -Infinity)

function linesOf({ type, coordinates }: Geometry): Drawn['lines'] {
  switch (type) {
    case 'LineString':
      return [coordinates]
    case 'MultiLineString':
    case 'Polygon':
      return coordinates
    case 'MultiPolygon':
      return (coordinates as Drawn['lines'][]).flat()
    default:
      return []
  }
}

/** All corners of the map's frame; null when it is empty. */
export function frameOf(map: Drawn[]): LatLon[] | null {
  if (!map.length) return null
  const [west, south] = [least(map.map((d) => d.box[0])), least(map.map((d) => d.box[1]))]
  const [east, north] = [most(map.map((d) => d.box[2])), most(map.map((d) => d.box[3]))]
  return [[south, west], [north, east]]
}

export interface Sketch {
  shapes: { kind: Kind; area: boolean; d: string }[]
  names: { kind: Kind; name: string; x: number; y: number; turn: number }[]
}

/** The map as paths in pixels, and the names that find room. */
export function sketch(map: Drawn[], view: View): Sketch {
  const corner = (x: number, y: number) => fromScreen(view, x, y)
  const [west, north] = corner(-40, -40)
  const [east, south] = corner(view.width + 40, view.height + 40)
  const seen = map.filter(({ box }) => box[2] >= west && box[0] <= east && box[3] >= south && box[1] <= north).slice(0, DRAWN_AT_MOST)
  const ordered = KINDS.flatMap((kind) => seen.filter((drawn) => drawn.kind === kind))
  return { shapes: ordered.map((drawn) => ({ kind: drawn.kind, area: drawn.area, d: pathOf(drawn, view) })), names: namesOf(seen, view) }
}

function fromScreen(view: View, x: number, y: number): [number, number] {
  const middle = world(view.centre)
  const scale = 512 * 2 ** view.zoom
  const at = { x: middle.x + (x - view.width / 2) / scale, y: middle.y + (y - view.height / 2) / scale }
  return [at.x * 360 - 180, (Math.atan(Math.sinh(Math.PI * (1 - 2 * at.y))) * 180) / Math.PI]
}

const spotOf = (view: View, [longitude, latitude]: [number, number]): Spot => toScreen(view, [latitude, longitude])

function pathOf(drawn: Drawn, view: View): string {
  const line = (corners: [number, number][]) =>
    corners.map((corner, i) => {
      const { x, y } = spotOf(view, corner)
      return `${i ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`
    }).join('')
  return drawn.lines.map((corners) => line(corners) + (drawn.area ? 'Z' : '')).join('')
}

const NAMED: Kind[] = ['road', 'water', 'park', 'district', 'building']

function namesOf(seen: Drawn[], view: View): Sketch['names'] {
  const taken: { x: number; y: number; half: number }[] = []
  const names: Sketch['names'] = []
  const told = new Set<string>()
  for (const drawn of NAMED.flatMap((kind) => seen.filter((one) => one.kind === kind))) {
    if (!drawn.name || told.has(drawn.name) || names.length >= NAMES_AT_MOST) continue
    const half = (drawn.name.length * LETTER_PX) / 2 + 4
    const place = placeOf(drawn, view, half)
    if (!place || taken.some((other) => Math.abs(other.x - place.x) < other.half + half && Math.abs(other.y - place.y) < 18)) continue
    taken.push({ ...place, half })
    told.add(drawn.name)
    names.push({ kind: drawn.kind, name: drawn.name, ...place })
  }
  return names
}

/** Where a name may stand: along the longest visible piece of a line, in the middle of an area that is wide enough. */
function placeOf(drawn: Drawn, view: View, half: number): { x: number; y: number; turn: number } | null {
  const inside = ({ x, y }: Spot) => x > half && x < view.width - half && y > 12 && y < view.height - 12
  if (drawn.area) {
    const [a, b] = [spotOf(view, [drawn.box[0], drawn.box[1]]), spotOf(view, [drawn.box[2], drawn.box[3]])]
    const middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
    return b.x - a.x > half * 2 && inside(middle) ? { ...middle, turn: 0 } : null
  }
  let best: { x: number; y: number; turn: number } | null = null
  let longest = half * 2
  for (const corners of drawn.lines) {
    for (let i = 1; i < corners.length; i++) {
      const piece = clipped(spotOf(view, corners[i - 1] as [number, number]), spotOf(view, corners[i] as [number, number]), view)
      if (!piece) continue
      const [from, to] = piece
      const length = Math.hypot(to.x - from.x, to.y - from.y)
      const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }
      if (length <= longest || !inside(middle)) continue
      longest = length
      const turn = (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI
      best = { ...middle, turn: turn > 90 ? turn - 180 : turn < -90 ? turn + 180 : turn }
    }
  }
  return best
}

/** The part of a line inside the picture (Liang and Barsky). */
function clipped(from: Spot, to: Spot, view: View): [Spot, Spot] | null {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  let [enter, leave] = [0, 1]
  for (const [step, room] of [[-dx, from.x], [dx, view.width - from.x], [-dy, from.y], [dy, view.height - from.y]] as const) {
    if (step === 0 && room < 0) return null
    if (step < 0) enter = Math.max(enter, room / step)
    if (step > 0) leave = Math.min(leave, room / step)
  }
  const at = (share: number) => ({ x: from.x + dx * share, y: from.y + dy * share })
  return enter < leave ? [at(enter), at(leave)] : null
}
