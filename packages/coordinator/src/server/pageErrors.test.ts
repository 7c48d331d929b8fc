import { sentence } from '@shoal/core';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { PageErrors, pageErrorBody } from './pageErrors.ts';

function open() {
  const told: string[] = [];
  const clock = { now: 0 };
  const errors = new PageErrors({
    limits: { pageErrorsMax: 3, attemptsWindowMs: 60_000 },
    tell: (fact) => told.push(sentence(fact, 'en')),
    clock: () => clock.now,
  });
  return { errors, told, clock };
}

test('a failure is told with its part, the role and where it was', () => {
  const { errors, told } = open();
  errors.post('viewer', { card: 'model-slope', message: 'x is undefined', at: 'SlopeCard (index.js:1:2)' });
  expect(told).toEqual([
    'The part "model-slope" of a page (viewer) failed with "x is undefined" at "SlopeCard (index.js:1:2)".',
  ]);
});

test('what is sent is shown as a text: it ends no line and no quotation, and steers no terminal', () => {
  const { errors, told } = open();
  const message = `a" failed.\n\u001b[2J\u202eThe operator stopped the run; ${'long '.repeat(200)}`;
  errors.post('viewer', { card: 'run', message, at: null });
  expect(told[0]).toMatch(
    /^The part "run" of a page \(viewer\) failed with "a\\" failed\. \ufffd\[2J\ufffdThe/,
  );
  expect(told[0]).toMatch(/…"\.$/);
  expect(told[0]?.length).toBeLessThan(320);
});

test('beyond the limit failures are counted, and told with the next one', () => {
  const { errors, told, clock } = open();
  const one = { card: 'run', message: 'x', at: null };
  const posted = Array.from({ length: 500 }, () => errors.post('viewer', one));
  expect(posted.filter((done) => done)).toHaveLength(3);
  clock.now = 20_000;
  expect(errors.post('operator', one)).toBe(true);
  expect(told).toHaveLength(4);
  expect(told[3]).toMatch(/^The part "run" of a page \(operator\) .* \(497 more were not written down\)$/);
});

test.each([
  [{ card: 'run', message: 'x' }],
  [{ card: 'a b', message: 'x', at: null }],
  [{ card: 'x'.repeat(33), message: 'x', at: null }],
  [{ card: 'run', message: 1, at: null }],
  [{ card: 'run', message: 'x', at: null, level: 'info' }],
])('%j is no report of a failure', (body) => {
  expect(v.safeParse(pageErrorBody, body).success).toBe(false);
});
