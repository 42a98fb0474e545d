// The base map drawn by MapLibre: loaded only when a call with a place is opened. Everything it fetches is the gateway's own.

import { addProtocol, Map as GlMap, setWorkerUrl, type StyleSpecification } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import { PMTiles, Protocol, TileType } from 'pmtiles'
import type { View } from './geometry'
import { ofGeoJson, ofPictures, ofTiles } from './style'

setWorkerUrl(workerUrl)
const protocol = new Protocol()
addProtocol('pmtiles', protocol.tile)

export interface Base {
  show(view: View): void
  /** The colours have changed. */
  restyle(): void
  remove(): void
}

/** Draws tiles where the site has them, its GeoJSON otherwise. `failed` is told when neither can be drawn after all. */
export async function mount(
  container: HTMLElement, source: { tiles: string | null; geojson: object | null }, view: View, failed: (why: string) => void,
): Promise<Base> {
  const styled = source.tiles ? await tileStyle(new URL(source.tiles, location.origin).href) : () => ofGeoJson(source.geojson ?? {})
  const map = new GlMap({
    container, style: styled(), interactive: false, attributionControl: false, fadeDuration: 0,
    center: [view.centre[1], view.centre[0]], zoom: view.zoom, maxZoom: 22, renderWorldCopies: false,
  })
  // Our own frame has the name, the focus and the keys.
  for (const name of ['aria-label', 'role', 'tabindex']) map.getCanvas().removeAttribute(name)
  map.getCanvas().ariaHidden = 'true'
  map.on('error', ({ error }) => failed(error.message))
  map.on('idle', () => (container.dataset.drawn = 'yes'))
  return {
    show: (next) => {
      map.resize()
      map.jumpTo({ center: [next.centre[1], next.centre[0]], zoom: next.zoom })
    },
    restyle: () => void map.setStyle(styled(), { diff: true }),
    remove: () => map.remove(),
  }
}

async function tileStyle(address: string): Promise<() => StyleSpecification> {
  const archive = new PMTiles(address)
  protocol.add(archive)
  const [header, metadata] = await Promise.all([archive.getHeader(), archive.getMetadata()])
  const url = `pmtiles://${address}`
  if (header.tileType !== TileType.Mvt) return () => ofPictures(url)
  const layers = ((metadata as { vector_layers?: { id: string }[] }).vector_layers ?? []).map((layer) => layer.id)
  return () => ofTiles(url, layers)
}
