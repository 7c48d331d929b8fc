import { expect, it } from 'vitest';
import { refusalIn } from './refusals.ts';

it('says in both languages why nothing was done to what is gone', () => {
  const gone = { code: 'noSuchWorker', status: 404, message: 'No worker has number 3: it has left.' };
  expect(refusalIn('en', gone)).toBe('This worker has left, so that nothing can be done to it any more.');
  expect(refusalIn('zh', gone)).toBe('这个节点已经离开，无法再对它进行操作。');
  const nobody = { code: null, status: 0, message: '' };
  expect(refusalIn('zh', nobody)).toBe('协调器没有响应。连接恢复后请再试一次。');
});

it('leaves the coordinator its own words on what somebody wrote, and on codes of a later one', () => {
  const wrong = { code: null, status: 400, message: 'epochs must be 1.' };
  expect(refusalIn('zh', wrong)).toBe('epochs must be 1.');
  expect(refusalIn('en', { code: 'toString', status: 409, message: 'Not now.' })).toBe('Not now.');
});
