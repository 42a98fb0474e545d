// Plane and sphere: where a spot of the earth stands on the picture, and shapes drawn to scale. WGS-84 throughout.

import type { Extent, Fix, LatLon } from '../api/types'

const EARTH_M = 6_371_008.8
/** Pixels of the whole world at zoom 0, as vector tiles are cut. */
export const WORLD_PX = 512
/** Corners by which a round edge is drawn. */
const CORNERS = 72
const SEARCH_STEPS = 60
const MAX_LATITUDE = 85.05

const rad = (degrees: number) => (degrees * Math.PI) / 180

/** What the picture shows: its centre, how near, and its size in pixels. */
export interface View {
  centre: LatLon
  zoom: number
  width: number
  height: number
}
export interface Spot {
  x: number
  y: number
}

/** Web Mercator, the world being the unit square with north above. */
export function world([latitude, longitude]: LatLon): Spot {
  const sine = Math.sin(rad(Math.max(-MAX_LATITUDE, Math.min(MAX_LATITUDE, latitude))))
  return { x: (longitude + 180) / 360, y: 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI) }
}

function fromWorld({ x, y }: Spot): LatLon {
  return [(Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI, x * 360 - 180]
}

export const scaleOf = (view: View): number => WORLD_PX * 2 ** view.zoom

export function toScreen(view: View, point: LatLon): Spot {
  const [at, middle, scale] = [world(point), world(view.centre), scaleOf(view)]
  return { x: (at.x - middle.x) * scale + view.width / 2, y: (at.y - middle.y) * scale + view.height / 2 }
}

/** The view with its picture moved by so many pixels. */
export function moved(view: View, dx: number, dy: number): View {
  const middle = world(view.centre)
  const scale = scaleOf(view)
  return { ...view, centre: fromWorld({ x: middle.x - dx / scale, y: middle.y - dy / scale }) }
}

export const metresPerPixel = (view: View): number =>
  (2 * Math.PI * EARTH_M * Math.cos(rad(view.centre[0]))) / scaleOf(view)

/** So many metres north and east of a point. */
export function offset([latitude, longitude]: LatLon, north: number, east: number): LatLon {
  const degrees = 180 / Math.PI / EARTH_M
  return [latitude + north * degrees, longitude + (east * degrees) / Math.cos(rad(latitude))]
}

export function distance([lat1, lon1]: LatLon, [lat2, lon2]: LatLon): number {
  const half = Math.sin(rad(lat2 - lat1) / 2) ** 2 + Math.cos(rad(lat1)) * Math.cos(rad(lat2)) * Math.sin(rad(lon2 - lon1) / 2) ** 2
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(half)))
}

const polar = (centre: LatLon, bearing: number, metres: number) =>
  offset(centre, metres * Math.cos(rad(bearing)), metres * Math.sin(rad(bearing)))

function round(centre: LatLon, major: number, minor: number, orientation: number): LatLon[] {
  const turn = rad(orientation)
  return Array.from({ length: CORNERS + 1 }, (_, i) => {
    const angle = (i / CORNERS) * 2 * Math.PI
    const [along, across] = [major * Math.cos(angle), minor * Math.sin(angle)]
    return offset(centre, along * Math.cos(turn) - across * Math.sin(turn), along * Math.sin(turn) + across * Math.cos(turn))
  })
}

/** How far from its mast, along its middle, the smallest circle that holds an arc band has its centre: that is where the fix stands. */
function bandCentre(inner: number, outer: number, opening: number): number {
  if (opening >= 180) return 0
  const half = rad(opening / 2)
  const corners = [inner, outer].map((radius) => ({ x: radius * Math.cos(half), y: radius * Math.sin(half) }))
  const reach = (along: number) => Math.max(outer - along, ...corners.map(({ x, y }) => Math.hypot(x - along, y)))
  let [low, high] = [0, outer]
  for (let step = 0; step < SEARCH_STEPS; step++) {
    const third = (high - low) / 3
    if (reach(low + third) <= reach(high - third)) high -= third
    else low += third
  }
  return (low + high) / 2
}

function band(centre: LatLon, extent: Extent): LatLon[] {
  const middle = (extent.orientation_deg ?? 0) + (extent.opening_deg ?? 360) / 2
  const apex = polar(centre, middle + 180, bandCentre(extent.inner_m ?? 0, extent.outer_m ?? 0, extent.opening_deg ?? 360))
  const [start, width] = [extent.orientation_deg ?? 0, Math.min(360, extent.opening_deg ?? 360)]
  const edge = (metres: number) => Array.from({ length: CORNERS + 1 }, (_, i) => polar(apex, start + (i / CORNERS) * width, metres))
  const outer = edge(extent.outer_m ?? 0)
  const inner = extent.inner_m ? edge(extent.inner_m).reverse() : width < 360 ? [apex] : []
  return [...outer, ...inner, outer[0] as LatLon]
}

/** The closed edge of what a fix covers, in WGS-84; empty where it has no position or says nothing of its size. */
export function outline(fix: Fix): LatLon[] {
  const { extent, wgs84 } = fix
  if (!wgs84) return []
  const radius = extent?.outer_m ?? fix.uncertainty_m ?? 0
  switch (extent?.shape) {
    case 'polygon':
    case 'prism':
      return extent.points.map((corner) => inWgs84(fix, corner))
    case 'ellipse':
    case 'ellipsoid':
      return round(wgs84, radius, extent.inner_m ?? radius, extent.orientation_deg ?? 0)
    case 'arc_band':
      return band(wgs84, extent)
    default:
      return radius ? round(wgs84, radius, radius, 0) : []
  }
}

/** A corner in the fix's own datum: what moved its centre moves it too (the shift changes by under a metre in a kilometre). */
function inWgs84(fix: Fix, [latitude, longitude]: LatLon): LatLon {
  if (!fix.wgs84 || fix.latitude === null || fix.longitude === null) return [latitude, longitude]
  return [latitude + fix.wgs84[0] - fix.latitude, longitude + fix.wgs84[1] - fix.longitude]
}

/** The view that holds all points with a margin, never nearer than a street and a half. */
export function fitted(points: LatLon[], width: number, height: number): View {
  const spots = points.map(world)
  const [xs, ys] = [spots.map((spot) => spot.x), spots.map((spot) => spot.y)]
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  const room = Math.min((width * 0.8) / Math.max(right - left, 1e-9), (height * 0.74) / Math.max(bottom - top, 1e-9))
  const zoom = Math.max(MIN_ZOOM, Math.min(FIT_ZOOM, Math.log2(room / WORLD_PX)))
  return { centre: fromWorld({ x: (left + right) / 2, y: (top + bottom) / 2 }), zoom, width, height }
}

/** How far inside a frame its edge is taken, as a share of its size: something of the map is to be seen there. */
const INSIDE = 0.12

/** The spot of a frame (south-west and north-east corner) nearest to a point. */
export function nearestWithin([low, high]: LatLon[], [latitude, longitude]: LatLon): LatLon {
  if (!low || !high) return [latitude, longitude]
  const within = (value: number, from: number, to: number) => {
    if (value >= from && value <= to) return value
    return value < from ? from + (to - from) * INSIDE : to - (to - from) * INSIDE
  }
  return [within(latitude, low[0], high[0]), within(longitude, low[1], high[1])]
}

export const MIN_ZOOM = 2
export const MAX_ZOOM = 20
/** Nearer than this a single point shows no surroundings. */
const FIT_ZOOM = 15.6

/** A round number of metres that takes at most `pixels`, and how many it takes: the bar of the scale. */
export function scaleBar(view: View, pixels: number): { metres: number; pixels: number } {
  const most = metresPerPixel(view) * pixels
  const power = 10 ** Math.floor(Math.log10(most))
  const metres = [5, 2, 1].map((step) => step * power).find((step) => step <= most) ?? power
  return { metres, pixels: metres / metresPerPixel(view) }
}
