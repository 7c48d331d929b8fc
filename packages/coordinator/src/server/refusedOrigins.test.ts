import { sentence } from '@shoal/core';
import { expect, test } from 'vitest';
import { RefusedOrigins } from './refusedOrigins.ts';

test('an origin is told once with the options that mend it, and no more than sixteen are', () => {
  const told: string[] = [];
  const refused = new RefusedOrigins((fact) => told.push(sentence(fact, 'en')));
  const said = refused.post('http://lab.example:8080');
  expect(said).toMatch(/--public-url http:\/\/lab\.example:8080 .*--allow-origin http:\/\/lab\.example:8080/);
  expect(refused.post('http://lab.example:8080')).toBe(said);
  expect(told).toEqual([said]);
  for (let i = 0; i < 1_000; i += 1) refused.post(`http://evil-${i}.example`);
  expect(told).toHaveLength(17);
  expect(told.at(-1)).toMatch(/more than 16 origins/);
  expect(refused.post('http://one-more.example')).toMatch(/one-more/);
});

test.each([
  'null',
  '',
  'file://',
  'chrome-extension://abc',
  `http://${'x'.repeat(200)}`,
  'http://a\u001b[31m',
  'http://a b',
])('what is no address of a page is not repeated: %j', (origin) => {
  expect(new RefusedOrigins(() => {}).post(origin)).toMatch(/^A page without an origin/);
});
