import { ref } from 'vue'

/** The gateway's time of day in milliseconds, once a second: pages count by its clock, not by the desk's. */
export const now = ref(Date.now())

let offset = 0

export function setServerTime(iso: string): void {
  offset = Date.parse(iso) - Date.now()
  now.value = Date.now() + offset
}

setInterval(() => {
  now.value = Date.now() + offset
}, 1000)
