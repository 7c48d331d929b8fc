import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { shortHex } from './shortHex.ts';

const page = (name: string): string => fileURLToPath(new URL(`./${name}.html`, import.meta.url));

export default defineConfig({
  // Beside each other, wherever a proxy serves them.
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [shortHex()],
  worker: {
    format: 'es',
    plugins: () => [shortHex()],
    // Notes for a bundler have done their work.
    rolldownOptions: { output: { comments: { annotation: false } } },
  },
  build: {
    target: 'es2022',
    // To watch and control, to join, and to lecture. The page to join is kept small, so it shares little with the others.
    rollupOptions: { input: { index: page('index'), join: page('join'), lecture: page('lecture') } },
    // No inline data: the content security policy allows none.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
