import { createRouter, createWebHistory } from 'vue-router'
import { session } from './store/session'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/sign-in', name: 'sign-in', component: () => import('./pages/SignIn.vue') },
    { path: '/', name: 'board', component: () => import('./pages/Board.vue') },
    { path: '/ended', name: 'ended', component: () => import('./pages/Ended.vue') },
    { path: '/calls/:id', name: 'call', component: () => import('./pages/Call.vue'), props: true },
    { path: '/health', name: 'health', component: () => import('./pages/Health.vue') },
    { path: '/:rest(.*)*', name: 'nowhere', component: () => import('./pages/Nowhere.vue') },
  ],
})

router.beforeEach((to) => {
  if (!session.me && to.name !== 'sign-in') return { name: 'sign-in', query: to.path === '/' ? {} : { to: to.fullPath } }
  if (session.me && to.name === 'sign-in') return { name: 'board' }
  return true
})
