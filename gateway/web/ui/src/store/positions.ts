import { computed, reactive } from 'vue'
import { desks, type Position, type ShiftNote } from '../api/desk'
import { board, isMine } from './board'
import { enter, may, session } from './session'
import { listen } from './stream'

/** All positions of the site, the note left at one's own, and who took one's own over. */
export const seats = reactive({ items: [] as Position[], notes: [] as ShiftNote[], loaded: false, lostTo: null as string | null })

export const own = computed(() => seats.items.find((seat) => seat.position === session.me?.position) ?? null)
/** Calls that ended at one's own position and are not finished, and those that go on there. */
export const openCards = computed(() => board.value.filter((call) =>
  !call.test && (isMine(call) || (call.state === 'ENDED' && !call.finished && !!session.me?.position && call.keeper === session.me.position))))

export async function loadSeats(): Promise<void> {
  if (!may('see_board')) return
  const { items, notes } = await desks.positions()
  Object.assign(seats, { items, notes, loaded: true })
}

/** Sits down at a position, or gets up. Throws ApiError; `seat_taken` names who sits there. */
export async function sit(position: string | null, takeOver = false): Promise<void> {
  enter(await desks.sit(position, takeOver))
  seats.lostTo = null
  if (position) localStorage.setItem('position', position)
  await loadSeats()
}

listen('hello', () => void loadSeats().catch(() => undefined))
listen('position', (seat) => {
  const known = seats.items.findIndex((each) => each.position === seat.position)
  const name = seats.items[known]?.name ?? ''
  if (known < 0) seats.items.push(seat)
  else seats.items[known] = { ...seat, name }
  if (session.me && session.me.position === seat.position && seat.user && seat.user !== session.me.username) {
    session.me.position = null
    seats.lostTo = `${seat.position} ${seat.display_name ?? seat.user}`
  }
})
