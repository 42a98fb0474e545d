import { reactive } from 'vue'
import { api, ApiError, whenSignedOut } from '../api/client'
import type { Language, Me } from '../api/types'
import { preferences } from './preferences'
import { setServerTime } from './time'

/** Who sits here; `me` is null when nobody is signed in, `asked` false until the gateway was asked. */
export const session = reactive<{ me: Me | null; asked: boolean }>({ me: null, asked: false })

whenSignedOut(() => {
  session.me = null
})

export async function restoreSession(): Promise<void> {
  try {
    enter(await api.me())
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    session.me = null
  }
  session.asked = true
}

export async function signIn(username: string, password: string, position: string, takeOver: boolean): Promise<void> {
  const chosen = preferences.language
  enter(await api.signIn(username, password, position, takeOver))
  if (session.me && session.me.language !== chosen) await setLanguage(chosen)
}

export async function signOut(): Promise<void> {
  await api.signOut().catch(() => undefined)
  session.me = null
}

export async function setLanguage(to: Language): Promise<void> {
  preferences.language = to
  if (!session.me) return
  session.me.language = to
  // The choice holds in this browser at once; keeping it with the session may fail without harm.
  await api.setLanguage(to).catch(() => undefined)
}

/** What the gateway allows people to do; it refuses by itself, the pages only spare them the try. */
export type Permission =
  | 'see_board' | 'see_calls' | 'see_numbers' | 'see_places' | 'write_calls' | 'listen' | 'see_quality' | 'see_health' | 'see_wall'
  | 'hand_over' | 'supervise' | 'label_calls' | 'see_rules' | 'edit_rules' | 'approve_rules' | 'see_orders' | 'work_orders' | 'write_orders'
export const may = (permission: Permission): boolean => session.me?.permissions.includes(permission) ?? false

export function enter(me: Me): void {
  session.me = me
  session.asked = true
  preferences.language = me.language
  setServerTime(me.server_time)
}
