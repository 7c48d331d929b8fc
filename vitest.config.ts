import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (name: string): string =>
  fileURLToPath(new URL(`./packages/${name}/src/index.ts`, import.meta.url));

/**
 * What waits for processes, sockets and browsers most of the time runs several files at once, on however few cores. None
 * of these tests may depend on how long something takes.
 */
const sideBySide = { maxWorkers: 4, sequence: { groupOrder: 1 } };

/** What is put away after a test, processes and folders, waits for a machine that is busy. */
const hookTimeout = 60_000;

/** What a test looks for again and again comes as late on a busy machine; without this it had a second. */
const eventually = { expect: { poll: { timeout: 60_000 } } };

const alias = {
  '@shoal/core': source('core'),
  '@shoal/worker': source('worker'),
  '@shoal/coordinator/simulation': fileURLToPath(
    new URL('./packages/coordinator/src/simulation.ts', import.meta.url),
  ),
  '@shoal/coordinator': source('coordinator'),
};

/** Models of megabytes are compared by their bytes. */
const setupFiles = [fileURLToPath(new URL('./test/support/equality.ts', import.meta.url))];

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'unit',
          setupFiles,
          hookTimeout,
          ...eventually,
          include: ['packages/*/src/**/*.test.ts'],
          testTimeout: 60_000,
          // A process for each of two hundred files took more time than the tests in them.
          isolate: false,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'simulation',
          setupFiles,
          include: ['test/simulation/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        resolve: { alias },
        test: { name: 'protocol', setupFiles, include: ['test/protocol/**/*.test.ts'], testTimeout: 60_000 },
      },
      {
        resolve: { alias },
        test: { name: 'fuzz', setupFiles, include: ['test/fuzz/**/*.test.ts'], testTimeout: 60_000 },
      },
      {
        resolve: { alias },
        test: { name: 'documents', include: ['test/documents/**/*.test.ts'] },
      },
      {
        test: {
          name: 'e2e',
          setupFiles,
          hookTimeout,
          ...eventually,
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 400_000,
          ...sideBySide,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'pages',
          hookTimeout,
          ...eventually,
          include: ['test/browser/dashboard*.test.ts'],
          testTimeout: 400_000,
          ...sideBySide,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'browser',
          hookTimeout,
          ...eventually,
          include: ['test/browser/**/*.test.ts'],
          exclude: ['test/browser/dashboard*.test.ts'],
          testTimeout: 400_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'accuracy',
          include: ['test/accuracy/**/*.test.ts'],
          testTimeout: 1_800_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'records',
          include: ['test/records/**/*.test.ts'],
          // Five runs of some twenty minutes on two cores, and of hours where these are not free.
          testTimeout: 36_000_000,
        },
      },
      {
        test: {
          name: 'docker',
          setupFiles,
          hookTimeout,
          ...eventually,
          include: ['test/docker/*.test.ts'],
          globalSetup: 'test/docker/support/globalSetup.ts',
          testTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
