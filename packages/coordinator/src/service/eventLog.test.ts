import { EVENTS_MAX, type EventView } from '@shoal/core';
import { expect, test } from 'vitest';
import { EventLog } from './eventLog.ts';

const remark = (log: EventLog, level: EventView['level'], kind: EventView['kind'], message: string): void =>
  log.hear({ type: 'remark', level, kind, message });

test('events are numbered, and those after a number are given', () => {
  const log = new EventLog(() => 1_700_000_000_000);
  expect(log.after(0)).toEqual([]);
  remark(log, 'info', 'run', 'one');
  remark(log, 'warn', 'worker', 'two');
  expect(log.after(1)).toEqual([
    { id: 2, at: 1_700_000_000_000, level: 'warn', kind: 'worker', message: 'two' },
  ]);
  expect(log.after(0)).toHaveLength(2);
  expect(log.after(log.newest)).toEqual([]);
});

test('no more are kept than may be, and none is longer than may be', () => {
  const log = new EventLog(() => 0);
  for (let i = 1; i <= EVENTS_MAX + 5; i += 1) remark(log, 'info', 'schedule', `event ${i}`);
  expect(log.after(0)).toHaveLength(EVENTS_MAX);
  expect(log.after(0)[0]?.message).toBe('event 6');
  remark(log, 'info', 'run', 'x'.repeat(10_000));
  expect(log.after(log.newest - 1)[0]?.message).toMatch(/^x{1023}…$/);
});

test('decisions, verdicts and the beginning and the end of a run are kept, and nothing else', () => {
  const log = new EventLog(() => 0);
  log.hear({ type: 'decision', level: 'info', kind: 'schedule', message: 'A lease is granted again.' });
  log.hear({ type: 'decision', level: 'debug', kind: 'schedule', message: 'A detail.' });
  log.hear({ type: 'trust', level: 'warn', message: 'A worker lied.' });
  log.hear({ type: 'notice', level: 'warn', message: 'Printed, and remarked beside it.' });
  log.hear({ type: 'runsChanged' });
  expect(log.after(0).map(({ kind, message }) => [kind, message])).toEqual([
    ['schedule', 'A lease is granted again.'],
    ['trust', 'A worker lied.'],
  ]);
});
