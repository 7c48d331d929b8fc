import { EVENTS_MAX } from '@shoal/core';
import { expect, test } from 'vitest';
import { EventLog } from './eventLog.ts';

test('events are numbered, and those after a number are given', () => {
  const log = new EventLog(() => 1_700_000_000_000);
  expect(log.after(0)).toEqual([]);
  log.add('info', 'run', 'one');
  log.add('warn', 'worker', 'two');
  expect(log.after(1)).toEqual([
    { id: 2, at: 1_700_000_000_000, level: 'warn', kind: 'worker', message: 'two' },
  ]);
  expect(log.after(0)).toHaveLength(2);
  expect(log.after(log.newest)).toEqual([]);
});

test('no more are kept than may be, and none is longer than may be', () => {
  const log = new EventLog(() => 0);
  for (let i = 1; i <= EVENTS_MAX + 5; i += 1) log.add('info', 'schedule', `event ${i}`);
  expect(log.after(0)).toHaveLength(EVENTS_MAX);
  expect(log.after(0)[0]?.message).toBe('event 6');
  log.add('info', 'run', 'x'.repeat(10_000));
  expect(log.after(log.newest - 1)[0]?.message).toMatch(/^x{1023}…$/);
});
