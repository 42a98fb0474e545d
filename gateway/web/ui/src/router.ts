import { createRouter, createWebHistory } from 'vue-router'
import Board from './pages/Board.vue'
import Call from './pages/Call.vue'
import Ended from './pages/Ended.vue'
import Health from './pages/Health.vue'
import Nowhere from './pages/Nowhere.vue'
import SignIn from './pages/SignIn.vue'
import Speech from './pages/Speech.vue'
import { may, session } from './store/session'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/sign-in', name: 'sign-in', component: SignIn },
    { path: '/', name: 'board', component: Board },
    { path: '/ended', name: 'ended', component: Ended },
    { path: '/calls/:id', name: 'call', component: Call, props: true },
    { path: '/incidents', name: 'incidents', component: () => import('./pages/Incidents.vue') },
    { path: '/incidents/:id', name: 'incident', component: () => import('./pages/Incident.vue'), props: true },
    { path: '/floods', name: 'floods', component: () => import('./pages/Floods.vue') },
    { path: '/desks', name: 'desks', component: () => import('./pages/Desks.vue') },
    { path: '/speech', name: 'speech', component: Speech },
    { path: '/quality', name: 'quality', component: () => import('./pages/Quality.vue') },
    { path: '/rules', name: 'rules', component: () => import('./pages/Rules.vue') },
    { path: '/orders/:id?', name: 'orders', component: () => import('./pages/Orders.vue') },
    { path: '/training/:id?', name: 'training', component: () => import('./pages/Training.vue') },
    { path: '/wall', name: 'wall', component: () => import('./pages/Wall.vue') },
    { path: '/health', name: 'health', component: Health },
    { path: '/:rest(.*)*', name: 'nowhere', component: Nowhere },
  ],
})

router.beforeEach((to) => {
  if (!session.me && to.name !== 'sign-in') return { name: 'sign-in', query: to.path === '/' ? {} : { to: to.fullPath } }
  if (session.me && to.name === 'sign-in') return { name: 'board' }
  // The hall's big screen has its own page and sees no other.
  const wallAlone = may('see_wall') && !may('see_board') && !may('see_health')
  if (session.me && wallAlone && to.name !== 'wall') return { name: 'wall' }
  // Who sees no calls has another first page: a department its orders, who runs the machines the health page.
  if (session.me && to.name === 'board' && !may('see_board')) return { name: may('see_orders') ? 'orders' : 'health' }
  return true
})
