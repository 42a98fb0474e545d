import { reactive, shallowRef } from 'vue'
import { api } from '../api/client'
import type { Marker, SiteMap } from '../api/types'
import { readMap, type Drawn } from '../map/base'
import { session } from './session'
import { listen } from './stream'

/** Units and cameras shown at most; more are a flood, and the newest stay. */
const MARKERS_AT_MOST = 500

/** The site's map, fetched once for a session; null until it is there. */
export const siteMap = shallowRef<{ config: SiteMap; raw: object | null; drawn: Drawn[] } | null>(null)
export const markers = reactive(new Map<string, Marker>())

let asked: Promise<void> | null = null

/** Fetches the map of the site and what moves on it; asking twice costs nothing, a failure may be tried again. */
export function needMap(): void {
  asked ??= fetchMap().catch(() => {
    asked = null
  })
}

async function fetchMap(): Promise<void> {
  const config = await api.map()
  const raw = config.geojson ? await api.geojson(config.geojson) : null
  siteMap.value = { config, raw, drawn: raw ? readMap(raw) : [] }
  await fetchMarkers()
}

async function fetchMarkers(): Promise<void> {
  for (const marker of await api.markers().catch(() => [])) put(marker)
}

function put(marker: Marker): void {
  markers.delete(marker.id)
  markers.set(marker.id, marker)
  for (const id of markers.keys()) {
    if (markers.size <= MARKERS_AT_MOST) break
    markers.delete(id)
  }
}

listen('markers', ({ markers: news }) => news.forEach(put))
listen('hello', () => {
  if (siteMap.value && session.me) void fetchMarkers()
})
