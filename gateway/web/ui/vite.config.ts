import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

// The pages are served under a content security policy that allows files of this site only: nothing may be inlined.
export default defineConfig({
  plugins: [vue()],
  define: { __VUE_OPTIONS_API__: 'false' },
  build: {
    outDir: fileURLToPath(new URL('../static', import.meta.url)),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    // What others' licences ask for goes with the pages.
    license: { fileName: 'licenses.md' },
    // The map is one piece, loaded only on a card with a place.
    chunkSizeWarningLimit: 1200,
  },
})
