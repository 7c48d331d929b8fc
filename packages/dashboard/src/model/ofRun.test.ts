import { computed, signal } from '@preact/signals';
import { expect, it } from 'vitest';
import { OfRun } from './ofRun.ts';

it('is empty as soon as another run is shown, and is not overwritten by what comes late', () => {
  const runId = signal<string | null>('and');
  const grid = new OfRun<string | null>(runId, null);
  const shown = computed(() => grid.value ?? 'nothing');
  grid.keep('and', 'plane');
  expect(shown.value).toBe('plane');
  runId.value = 'not';
  expect([shown.value, grid.peek()]).toEqual(['nothing', null]);
  grid.keep('and', 'late');
  expect(shown.value).toBe('nothing');
  grid.keep('not', 'band');
  expect(shown.value).toBe('band');
});

it('comes back with its run when the connection was lost for a while', () => {
  const runId = signal<string | null>('and');
  const grid = new OfRun<number>(runId, 0);
  grid.keep('and', 4);
  runId.value = null;
  expect(grid.value).toBe(0);
  grid.keep(null, 5);
  runId.value = 'and';
  expect(grid.value).toBe(4);
});
