import { computed, onMounted, onUnmounted, shallowReactive } from 'vue'

/** One key and what it does here. `combo` as in `b`, `Ctrl+Enter`, `Space`, `Shift+Q`; several keys: `ArrowLeft ArrowRight`. */
export interface Key {
  combo: string
  label: () => string
  run?: (event: KeyboardEvent) => void
  /** The focused control answers by itself; listed for the reader. */
  byControl?: boolean
  /** Works while somebody writes in a field too. */
  inFields?: boolean
  /** How the keys are printed when not as `combo`. */
  shown?: string
  /** False: left to the browser just now. */
  when?: () => boolean
}

/** A letter as it stands on the key: `l` and `I` look alike otherwise. */
export const printed = (combo: string): string => combo.replace(/(^|\+)([a-z])$/, (_, plus: string, letter: string) => plus + letter.toUpperCase())

const layers = shallowReactive<Key[][]>([])

/** All keys that work now: the frame's first, then the page's. */
export const activeKeys = computed(() => ({ frame: layers[0] ?? [], page: layers.slice(1).flat() }))

/** Keys that work while the component stands on the page; a later layer goes before an earlier one. */
export function useKeys(keys: Key[]): void {
  onMounted(() => layers.push(keys))
  onUnmounted(() => {
    layers.splice(layers.indexOf(keys), 1)
  })
}

export function comboOf(event: KeyboardEvent): string {
  const name = event.key === ' ' ? 'Space' : event.key.length === 1 ? event.key.toLowerCase() : event.key
  const upper = event.shiftKey && /^[a-z]$/.test(name)
  return [event.ctrlKey || event.metaKey ? 'Ctrl' : '', event.altKey ? 'Alt' : '', upper ? 'Shift' : '', upper ? name.toUpperCase() : name]
    .filter(Boolean).join('+')
}

/** Where keys write. A tick box or a slider takes Space and arrows alone: the keys of the page go on working there. */
const FIELD = 'input:not([type=checkbox], [type=range]), textarea, select, [contenteditable]'
const TICKED = 'input[type=checkbox], input[type=range]'

/** Plain letters do nothing this long after the page has turned by itself: they were meant for the one before. */
const HUSH_MS = 700
let hushedUntil = 0

export function hushKeys(): void {
  hushedUntil = Date.now() + HUSH_MS
}

/** Somebody writes just now: nothing may take the page away under their hands. */
export const writing = (): boolean => document.activeElement?.matches(FIELD) ?? false

function press(event: KeyboardEvent): void {
  if (event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.shiftKey && Date.now() < hushedUntil) return
  if (event.isComposing || event.defaultPrevented || document.querySelector('dialog[open]')) return
  const combo = comboOf(event)
  const target = event.target instanceof Element ? event.target : document.body
  const writing = target.closest(FIELD) !== null
  // A focused control answers to Enter and Space itself.
  const pressing = ((combo === 'Enter' || combo === 'Space') && target.closest(`button, a, summary, ${TICKED}`) !== null) || (combo.startsWith('Arrow') && target.matches('[type=range]'))
  for (const layer of [...layers].reverse()) {
    for (const key of layer) {
      if (!key.combo.split(' ').includes(combo) || (writing && !key.inFields) || pressing || key.byControl || key.when?.() === false) continue
      event.preventDefault()
      key.run?.(event)
      return
    }
  }
}

addEventListener('keydown', press)
addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && event.target instanceof HTMLElement && event.target.matches(FIELD)) event.target.blur()
})
