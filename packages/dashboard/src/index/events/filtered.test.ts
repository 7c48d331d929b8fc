import type { EventView } from '@shoal/core';
import { describe, expect, it } from 'vitest';
import { filtered } from './filtered.ts';

const event = (id: number, message: string, parts: Partial<EventView> = {}): EventView => ({
  id,
  at: id,
  level: 'info',
  kind: 'worker',
  message,
  ...parts,
});

const events = [
  event(1, 'worker-1 has joined.'),
  event(2, 'worker-2 is late.', { level: 'warn' }),
  event(3, 'Epoch 1 is complete.', { kind: 'run' }),
];

const shown = (filter: Partial<Parameters<typeof filtered>[1]>): number[] =>
  filtered(events, { text: '', kind: null, level: null, ...filter }, ({ message }) => message).map(
    ({ id }) => id,
  );

describe('the event log', () => {
  it('begins with the newest', () => {
    expect(shown({})).toEqual([3, 2, 1]);
  });

  it('shows what has every word of the filter, in any case and order', () => {
    expect(shown({ text: 'WORKER' })).toEqual([2, 1]);
    expect(shown({ text: ' late worker ' })).toEqual([2]);
  });

  it('is narrowed by kind and by level', () => {
    expect(shown({ kind: 'run' })).toEqual([3]);
    expect(shown({ level: 'warn' })).toEqual([2]);
    expect(shown({ level: 'warn', kind: 'run' })).toEqual([]);
  });
});
