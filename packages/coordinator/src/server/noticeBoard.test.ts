import { expect, test } from 'vitest';
import { NoticeBoard } from './noticeBoard.ts';

test('what strangers cause is told at once, then once in a while with how often it happened', () => {
  let now = 0;
  const told: string[] = [];
  const board = new NoticeBoard({ tell: (message) => told.push(message), clock: () => now });
  for (let i = 0; i < 500; i += 1) board.post('Too many.');
  board.post('Too fast.');
  now = 10_000;
  board.post('Too many.');
  now = 30_000;
  board.post('Too many.');
  expect(told).toEqual([
    'Too many.',
    'Too fast.',
    'Too many. (499 more times since it was last told)',
    'Too many.',
  ]);
});
