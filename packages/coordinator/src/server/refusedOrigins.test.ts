import { sentence } from '@shoal/core';
import { expect, test } from 'vitest';
import { RefusedOrigins } from './refusedOrigins.ts';

test('an origin is told once with the options that mend it, and no more than sixteen are', () => {
  const told: string[] = [];
  const origins = new RefusedOrigins((fact) => told.push(sentence(fact, 'en')));
  const post = (origin: string): string => sentence(origins.post(origin), 'en');
  const said = post('http://lab.example:8080');
  expect(said).toMatch(/--public-url http:\/\/lab\.example:8080 .*--allow-origin http:\/\/lab\.example:8080/);
  expect(post('http://lab.example:8080')).toBe(said);
  expect(told).toEqual([said]);
  for (let i = 0; i < 1_000; i += 1) post(`http://evil-${i}.example`);
  expect(told).toHaveLength(17);
  expect(told.at(-1)).toMatch(/more than 16 origins/);
  expect(post('http://one-more.example')).toMatch(/one-more/);
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
  expect(sentence(new RefusedOrigins(() => {}).post(origin), 'en')).toMatch(/^A page without an origin/);
});
