import { reactive } from 'vue'
import { ask, ApiError, query } from '../api/client'
import type { LatLon, Spot } from '../api/place'

/** The cross moves on; the gateway is asked once it stands still this long. */
const STILL_MS = 120

/** The spot under the cross and what the site's places say of it. `stale`: `found` is of where the cross was before. */
export const spot = reactive({ at: null as LatLon | null, found: null as Spot | null, stale: false, failed: false })

let timer: ReturnType<typeof setTimeout> | undefined

/** Looks at another spot, WGS-84; null: at none. */
export function lookAt(at: LatLon | null): void {
  clearTimeout(timer)
  if (!at) return void Object.assign(spot, { at: null, found: null, stale: false, failed: false })
  Object.assign(spot, { at, stale: true })
  timer = setTimeout(() => void look(at), STILL_MS)
}

async function look(at: LatLon): Promise<void> {
  const found = await ask<Spot>('GET', `/map/spot${query({ latitude: at[0].toFixed(6), longitude: at[1].toFixed(6), datum: 'WGS-84' })}`)
    .catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error
      return null
    })
  if (spot.at === at || (spot.at?.[0] === at[0] && spot.at[1] === at[1])) Object.assign(spot, { found, stale: false, failed: !found })
}
