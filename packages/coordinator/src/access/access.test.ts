import { expect, test } from 'vitest';
import { type Action, may } from './access.ts';

test('only the operator controls', () => {
  const allowed = (role: 'viewer' | 'worker' | 'operator') =>
    (['watch', 'data', 'compute', 'control'] satisfies Action[]).filter((action) => may(role, action));
  expect(allowed('viewer')).toEqual(['watch', 'data']);
  expect(allowed('worker')).toEqual(['watch', 'data', 'compute']);
  expect(allowed('operator')).toEqual(['watch', 'data', 'compute', 'control']);
});
