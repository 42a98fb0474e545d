// Where the caller is, as the gateway's HTTP API says it.

import type { Source } from './codes'

export type LatLon = [number, number]
export type Datum = 'WGS-84' | 'GCJ-02' | 'CGCS2000'

/** The shape as its source drew it (RFC 5491); lengths in metres, angles clockwise from north, points in the fix's own datum. */
export interface Extent {
  shape: string
  outer_m: number | null
  inner_m: number | null
  orientation_deg: number | null
  opening_deg: number | null
  height_m: number | null
  points: LatLon[]
}

/** One fix. Who may not see places gets source, time and district alone: everything else is null. */
export interface Fix {
  location_id: string
  source: Source
  method: string | null
  provided_by: string | null
  latitude: number | null
  longitude: number | null
  datum: Datum | null
  datum_assumed?: boolean
  uncertainty_m: number | null
  confidence_percent: number | null
  obtained_at: string
  expires_at: string | null
  extent: Extent | null
  address: string | null
  civic: [string, string][]
  element: 'device' | 'tuple' | 'person' | null
  wgs84: LatLon | null
  gcj02: LatLon | null
  district: string | null
  /** What the person who set it remarked. */
  note?: string | null
}

/** `bearing`: degrees clockwise from north, from the caller; distance and bearing are null where only the name is known. */
export interface Junction {
  name: string
  distance_m: number | null
  bearing: number | null
  wgs84?: LatLon | null
}

/** What the site's places say of one fix. */
export interface Described {
  location_id: string
  standard_address: string | null
  district: string | null
  jurisdiction: string | null
  junctions: Junction[]
  outside: boolean
}

export interface Conflict {
  one: string
  other: string
  distance_m: number | null
  zh?: string
  en?: string
}

export interface TrailPoint {
  at: string
  wgs84: LatLon
}

export interface LocationQuery {
  name: string
  source: Source
  state: string
  asked_at: string | null
  fault: string | null
}

export interface Additional {
  block: string
  fields: [string, string][]
}

/** All that is known of the place of a call. */
export interface Where {
  locations: Fix[]
  leading_location: string | null
  leading_reason: { code: string; zh: string; en: string } | null
  conflicts: Conflict[]
  description: Described | null
  queries: LocationQuery[]
  trail: TrailPoint[]
  additional: Additional[]
}

/** What the site's places say of a spot on the map; `known` false: the site has none. */
export interface Spot {
  known: boolean
  standard_address: string | null
  road: string | null
  district: string | null
  jurisdiction: string | null
  outside: boolean
  junctions: Junction[]
  wgs84: LatLon
  gcj02: LatLon
}

/** The site's own map: `tiles` and `geojson` say what it has. */
export interface SiteMap {
  tiles: string | null
  geojson: string | null
  /** Why the archive of tiles that is configured is not used. */
  tiles_fault?: { zh: string; en: string } | null
  attribution: string
  /** South-west and north-east corner of what the tiles cover. */
  frame?: LatLon[] | null
}

/** A unit or a camera nearby, as the dispatch core tells it. */
export interface Marker {
  id: string
  kind: string
  name: string
  wgs84: LatLon
  state: string | null
  at: string
}
