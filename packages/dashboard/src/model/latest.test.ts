import { expect, it } from 'vitest';
import { Latest } from './latest.ts';

it('works on the newest wish only, one after the other', async () => {
  const finish: (() => void)[] = [];
  let wish = '';
  const seen: string[] = [];
  const latest = new Latest(async () => {
    seen.push(wish);
    await new Promise<void>((resolve) => finish.push(resolve));
  });
  for (const one of ['a', 'b', 'c']) {
    wish = one;
    latest.request();
  }
  expect(seen).toEqual(['a']);
  finish[0]?.();
  await Promise.resolve();
  await Promise.resolve();
  expect(seen).toEqual(['a', 'c']);
  finish[1]?.();
  await new Promise((resolve) => setTimeout(resolve, 0));
  latest.request();
  expect(seen).toEqual(['a', 'c', 'c']);
});
