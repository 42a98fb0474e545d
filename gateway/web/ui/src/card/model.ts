import type { Component } from 'vue'
import type { Permission } from '../store/session'

/** Where a panel stands on the card. `alert`: across the card, above all else; `dialog`: nowhere until it opens itself. */
export type Section = 'alert' | 'who' | 'where' | 'what' | 'said' | 'do' | 'wrap' | 'dialog'

/** One thing a person can do with the call. The list of all of them is `actions.ts`. */
export interface CardAction {
  /** Unique; also what a test finds its button by (`data-action`). */
  id: string
  /** As in `keys.ts`: `F4`, `Shift+P`. One key means one thing on the whole card. */
  combo: string
  label: () => string
  /** Who may do it at all; without that it is not shown. */
  permission: Permission
  /** It does not concern this call at all when false, and is not shown. */
  when?: () => boolean
  /** Why it cannot be done just now, in the reader's words; null: it can. The button stays, and the key says this. */
  why?: () => string | null
  /** `header`: a button in the bar; `keys`: in the overview of keys alone. */
  place: 'header' | 'keys'
  /** While it runs, pressing again does nothing. What it throws as `ApiError` is told in the bar. */
  run: () => void | Promise<void>
}

/** A part of the card: reads the call from `store/call`, takes no props, brings its own heading. */
export interface CardPanel {
  id: string
  section: Section
  component: Component
  /** False: not on the card just now. */
  when?: () => boolean
}
