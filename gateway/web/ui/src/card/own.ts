import NextQuestion from '../components/card/NextQuestion.vue'
import What from '../components/card/What.vue'
import Who from '../components/card/Who.vue'
import WrapUp from '../components/card/WrapUp.vue'
import Player from '../components/Player.vue'
import Transcript from '../components/Transcript.vue'
import Where from '../components/Where.vue'
import { page } from '../store/call'
import { may } from '../store/session'
import { text } from '../text'
import { askIt, nextQuestion } from './question'
import { card } from './state'
import type { CardAction, CardPanel } from './model'

const spoken = () => page.call?.medium !== 'text'

/** The card's own sections and what they answer to. */
export const actions: CardAction[] = [
  askIt,
  {
    id: 'events', combo: 'v', place: 'header', permission: 'see_calls',
    label: () => text.value.keys.events, run: () => void (card.side = card.side === 'call' ? 'events' : 'call'),
  },
]

export const panels: CardPanel[] = [
  { id: 'who', section: 'who', component: Who },
  { id: 'where', section: 'where', component: Where },
  { id: 'what', section: 'what', component: What },
  { id: 'player', section: 'said', component: Player, when: spoken },
  { id: 'words', section: 'said', component: Transcript, when: spoken },
  { id: 'question', section: 'do', component: NextQuestion, when: () => nextQuestion.value !== '' },
  { id: 'wrap', section: 'wrap', component: WrapUp, when: () => may('write_calls') },
]
