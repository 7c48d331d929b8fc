import { sentences } from '@shoal/core';
import { expect, test } from 'vitest';
import { RepeatGuard } from './repeatGuard.ts';

function board() {
  const told: string[] = [];
  const time = { now: 0 };
  return {
    told,
    time,
    board: new RepeatGuard({ tell: (facts) => told.push(sentences(facts, 'en')), clock: () => time.now }),
  };
}

test('what comes again and again is told at once, then once in a while with how often it happened', () => {
  const { told, time, board: notices } = board();
  for (let i = 0; i < 500; i += 1) notices.post({ type: 'text', text: 'Too many.' });
  notices.post({ type: 'text', text: 'Too fast.' });
  time.now = 10_000;
  notices.post({ type: 'text', text: 'Too many.' });
  time.now = 35_000;
  notices.post({ type: 'text', text: 'Too many.' });
  expect(told).toEqual(['Too many.', 'Too fast.', 'Too many. (499 more like this)', 'Too many.']);
});

test('a disk that is full for hours takes a few lines, and every failure is counted', () => {
  const { told, time, board: notices } = board();
  const failures = 13_000;
  for (let i = 0; i < failures; i += 1) {
    time.now = i * 500;
    notices.post({ type: 'text', text: `The record of epoch ${i} could not be written (ENOSPC).` });
  }
  notices.flush();
  // 0 s, 10 s, then 20, 40, 80, 160, 320 and 640 s later and so on, and once at the end.
  expect(told).toHaveLength(17);
  expect(told[0]).toBe('The record of epoch 0 could not be written (ENOSPC).');
  expect(told[1]).toBe('The record of epoch 20 could not be written (ENOSPC). (19 more like this)');
  expect(told.at(-1)).toMatch(/^The record of epoch 12999 could not be written/);
  const more = told.map((line) => Number(/\(([\d,]+) more/.exec(line)?.[1]?.replaceAll(',', '') ?? 0));
  expect(told.length + more.reduce((sum, one) => sum + one, 0)).toBe(failures);
});

test('nothing is told at the end that was told before, and kinds are bounded', () => {
  const { told, board: notices } = board();
  notices.post({ type: 'text', text: 'Once.' });
  notices.flush();
  expect(told).toEqual(['Once.']);
  for (let i = 0; i < 1_000; i += 1) notices.post({ type: 'text', text: `${'x'.repeat(i)} is odd.` });
  expect(told).toHaveLength(1_001);
});
