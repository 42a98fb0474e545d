import { createApp } from 'vue'
import App from './App.vue'
import { router } from './router'
import { restoreSession } from './store/session'
import './styles/tokens.css'
import './styles/base.css'

await restoreSession()
createApp(App).use(router).mount('#app')
