import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'soak',
    include: ['test/soak/**/*.test.ts'],
    testTimeout: 4 * 3_600_000,
    fileParallelism: false,
    disableConsoleIntercept: true,
  },
});
