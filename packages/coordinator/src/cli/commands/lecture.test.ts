import { expect, test } from 'vitest';
import { lecturePage } from './lecture.ts';

test.each([
  ['http://127.0.0.1:7465/#TOKEN', 'http://127.0.0.1:7465/lecture#TOKEN'],
  ['https://example.org/shoal/#TOKEN', 'https://example.org/shoal/lecture#TOKEN'],
])('%s', (dashboard, lecture) => {
  expect(lecturePage(dashboard)).toBe(lecture);
});
