// How the base map looks, for tiles of the usual schemas and for the site's GeoJSON alike. Calm: the caller is drawn above.

import type { LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl'

type Kind = 'park' | 'water' | 'building' | 'road' | 'district'

/** Layers of a tile archive that mean a kind: our own names, Protomaps', OpenMapTiles'. */
const LAYERS: Record<Kind, readonly string[]> = {
  park: ['park', 'landcover', 'landuse'],
  water: ['water'],
  building: ['building', 'buildings'],
  road: ['road', 'roads', 'transportation'],
  district: ['district', 'boundary', 'boundaries'],
}
const NAMES = ['road', 'roads', 'transportation_name', 'place', 'places', 'district']
const GREEN = ['park', 'forest', 'wood', 'grass', 'garden', 'nature_reserve']

const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(`--map-${name}`).trim()

/** Where a layer takes its features from: a layer of the tiles, or a kind within the GeoJSON. */
interface From {
  id: string
  'source-layer'?: string
  filter?: ['==', ...unknown[]]
}

export const SOURCE = 'site'

function paint(kind: Kind, from: From): LayerSpecification[] {
  const common = { source: SOURCE, ...from }
  const own = colour(kind)
  const made: object[] =
    kind === 'road' ? [{ ...common, type: 'line', layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': own, 'line-width': ['interpolate', ['exponential', 1.6], ['zoom'], 10, 0.6, 14, 2.5, 17, 9] } }]
    : kind === 'district' ? [{ ...common, type: 'line', paint: { 'line-color': own, 'line-width': 1, 'line-dasharray': [4, 3] } }]
    : [{ ...common, type: 'fill', paint: { 'fill-color': own } }]
  // A river may be a line as well as an area.
  if (kind === 'water') made.push({ ...common, id: `${from.id}-line`, type: 'line', paint: { 'line-color': own, 'line-width': 2 } })
  return made as LayerSpecification[]
}

function named(from: From, along: boolean): LayerSpecification {
  return {
    source: SOURCE, ...from, type: 'symbol',
    layout: {
      'text-field': ['coalesce', ['get', 'name:zh'], ['get', 'name'], ''],
      // No glyphs are fetched: the browser's own fonts draw every letter.
      'text-font': ['Noto Sans CJK SC', 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', 'sans-serif'],
      'text-size': 12, 'symbol-placement': along ? 'line' : 'point', 'text-max-angle': 30,
    },
    paint: { 'text-color': colour('name'), 'text-halo-color': colour('land'), 'text-halo-width': 1.2 },
  } as LayerSpecification
}

const ORDER: Kind[] = ['park', 'water', 'building', 'road', 'district']

function style(source: SourceSpecification, layers: LayerSpecification[]): StyleSpecification {
  const land = { id: 'land', type: 'background', paint: { 'background-color': colour('land') } } as LayerSpecification
  return { version: 8, sources: { [SOURCE]: source }, layers: [land, ...layers] }
}

export function ofGeoJson(data: object): StyleSpecification {
  const from = (kind: Kind, suffix = ''): From => ({ id: kind + suffix, filter: ['==', ['get', 'kind'], kind] })
  return style({ type: 'geojson', data: data as never }, [
    ...ORDER.flatMap((kind) => paint(kind, from(kind))),
    named(from('district', '-name'), false), named(from('park', '-name'), false), named(from('water', '-name'), false), named(from('road', '-name'), true),
  ])
}

/** `layers`: the names that the archive says it has; others are not asked for. */
export function ofTiles(url: string, layers: readonly string[]): StyleSpecification {
  const green = ['==', true, ['in', ['coalesce', ['get', 'kind'], ['get', 'class'], 'park'], ['literal', GREEN]]] as From['filter']
  const has = (names: readonly string[]) => names.filter((name) => layers.includes(name))
  const shapes = ORDER.flatMap((kind) =>
    has(LAYERS[kind]).flatMap((layer) => paint(kind, { id: layer, 'source-layer': layer, ...(kind === 'park' ? { filter: green } : {}) })))
  const names = has(NAMES).map((layer) => named({ id: `${layer}-name`, 'source-layer': layer }, LAYERS.road.includes(layer) || layer === 'transportation_name'))
  return style({ type: 'vector', url }, [...shapes, ...names])
}

export function ofPictures(url: string): StyleSpecification {
  return style({ type: 'raster', url, tileSize: 256 }, [{ id: 'pictures', type: 'raster', source: SOURCE }])
}
