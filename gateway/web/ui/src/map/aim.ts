import type { LatLon } from '../api/types'

/** What lies under the cross, WGS-84, how sure a hand on the map is, and how far one key moves it. */
export interface Aim {
  at: LatLon
  within_m: number
  coarse_m: number
  fine_m: number
}
