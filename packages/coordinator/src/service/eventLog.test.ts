import { EVENTS_MAX, type EventView } from '@shoal/core';
import { expect, test } from 'vitest';
import { EventLog } from './eventLog.ts';

const text = (said: string) => ({ type: 'text', text: said }) as const;

const remark = (log: EventLog, level: EventView['level'], kind: EventView['kind'], message: string): void =>
  log.hear({ type: 'remark', level, kind, facts: [text(message)] });

test('events are numbered, and those after a number are given', () => {
  const log = new EventLog(() => 1_700_000_000_000);
  expect(log.after(0)).toEqual([]);
  remark(log, 'info', 'run', 'one');
  remark(log, 'warn', 'worker', 'two');
  expect(log.after(1)).toEqual([
    { id: 2, at: 1_700_000_000_000, level: 'warn', kind: 'worker', message: 'two', facts: [text('two')] },
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
  log.hear({ type: 'decision', level: 'info', kind: 'schedule', facts: [text('A lease is granted again.')] });
  log.hear({ type: 'decision', level: 'debug', kind: 'schedule', facts: [text('A detail.')] });
  log.hear({ type: 'trust', level: 'warn', facts: [text('A worker lied.')] });
  log.hear({ type: 'notice', level: 'warn', facts: [text('Printed, and remarked beside it.')] });
  log.hear({ type: 'runsChanged' });
  expect(log.after(0).map(({ kind, message }) => [kind, message])).toEqual([
    ['schedule', 'A lease is granted again.'],
    ['trust', 'A worker lied.'],
  ]);
});

test('what somebody said at length is cut, and what is short keeps what it says as data', () => {
  const log = new EventLog(() => 0);
  log.hear({
    type: 'decision',
    level: 'info',
    kind: 'schedule',
    facts: [{ type: 'leaseLate', name: 'ada', from: 3, to: 5 }],
  });
  expect(log.after(0)).toMatchObject([
    {
      message: 'Microbatches 3 to 4 are late; ada computes them as well.',
      facts: [{ type: 'leaseLate', name: 'ada', from: 3, to: 5 }],
    },
  ]);
  remark(log, 'info', 'run', 'x'.repeat(10_000));
  expect(log.after(1)[0]).not.toHaveProperty('facts');
});
