import { computed, reactive, ref } from 'vue'
import { api, ApiError } from '../api/client'
import type { Health, Service } from '../api/types'
import { listen } from './stream'
import { refusal } from '../format'
import type { Words } from '../text'

/** From the trunk to the archive: the order in which the health page reads. */
const ORDER = ['canary', 'pbx', 'clock', 'speech', 'listener', 'triage', 'places', 'location', 'location bodies', 'map markers', 'work orders', 'database', 'outbox', 'broker', 'recordings', 'disk']

export const health = reactive<{ last: Health | null; error: Words | null }>({ last: null, error: null })
const told = ref(new Map<string, Service>())

/** `pbx:main` is of the kind `pbx`; its own name is `main`. `speech` is all hearing, `speech:east` one listener of it. */
export const kindOf = (name: string): string => name.startsWith('speech:') ? 'listener' : (name.split(':', 1)[0] ?? name)
export const ownName = (name: string): string => name.includes(':') ? name.slice(name.indexOf(':') + 1) : ''

export const services = computed(() =>
  [...told.value.values()].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name)))
/** What does not work as it should, the broken before the degraded. */
export const troubled = computed(() => ['down', 'degraded'].flatMap((bad) => services.value.filter(({ state }) => state === bad)))

export async function refreshHealth(): Promise<void> {
  try {
    const answer = await api.health()
    told.value = new Map(answer.services.map((service) => [service.name, service]))
    Object.assign(health, { last: answer, error: null })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    health.error = refusal(error)
  }
}

function rank(service: Service): number {
  const place = ORDER.indexOf(kindOf(service.name))
  return place < 0 ? ORDER.length : place
}

listen('service', (service) => {
  const before = told.value.get(service.name)
  told.value = new Map(told.value).set(service.name, { ...before, ...service })
})
listen('hello', () => void refreshHealth())
