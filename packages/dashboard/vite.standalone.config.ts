/** Builds the script of exported web pages: one file, for pages that are opened from a disk as well. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

export default defineConfig({
  build: {
    target: 'es2022',
    outDir: 'dist/standalone',
    lib: {
      entry: fileURLToPath(new URL('./src/standalone/main.ts', import.meta.url)),
      name: 'shoal',
      formats: ['iife'],
      fileName: () => 'shoal-predict.js',
    },
  },
});
