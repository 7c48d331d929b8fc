import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const page = (name: string): string => fileURLToPath(new URL(`./${name}.html`, import.meta.url));

export default defineConfig({
  // Beside each other, wherever a proxy serves them.
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    // Two pages: one to watch and control, one to join. The second is kept small, so they share little.
    rollupOptions: { input: { index: page('index'), join: page('join') } },
    // No inline data: the content security policy allows none.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
