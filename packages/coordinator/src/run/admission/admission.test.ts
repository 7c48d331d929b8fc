import { type Hello, sentence } from '@shoal/core';
import { describe, expect, test } from 'vitest';
import { admit } from './admission.ts';

const run = { kernels: '1-0123456789ab', numerics: 'exact' } as const;
const hello: Hello = {
  type: 'hello',
  protocols: [2],
  token: 'k3x9',
  identity: 'identity-1',
  name: 'w',
  agent: 'a test',
  engines: ['reference', 'wasm-strict'],
  kernels: '1-0123456789ab',
  threads: 1,
};

describe('admission', () => {
  test('an exact run takes the strict engine of the same build', () => {
    expect(admit(hello, run)).toEqual({ type: 'welcome', engine: 'wasm-strict' });
  });

  test('a fast run takes the fastest engine that is offered, of any build', () => {
    const fast = { ...run, numerics: 'fast' } as const;
    const offers = { ...hello, kernels: 'another' };
    expect(admit({ ...offers, engines: ['wasm-strict', 'wasm-relaxed'] }, fast)).toMatchObject({
      engine: 'wasm-relaxed',
    });
    expect(admit({ ...offers, engines: ['wasm-strict', 'blas'] }, fast)).toMatchObject({ engine: 'blas' });
  });

  test.each([
    [
      { protocols: [1] },
      'protocolVersion',
      /speaks protocol 2, the worker 1\. The worker's Shoal is older: install the coordinator's release there/,
    ],
    [{ protocols: [3, 4] }, 'protocolVersion', /speaks protocol 2, the worker 3, 4\. Install the same/],
    [{ kernels: '9-x' }, 'kernelBuild', /1-0123456789ab, the worker has 9-x.*Install the same/],
    [{ engines: ['blas'] }, 'noEngine', /one of the engines wasm-strict; the worker offers blas/],
  ] as const)('%j is refused, and told why', (change, code, words) => {
    const refusal = admit({ ...hello, ...change } as Hello, run);
    expect(refusal).toMatchObject({ type: 'refuse', code });
    expect(refusal.type === 'refuse' && sentence(refusal.why, 'en')).toMatch(words);
  });
});
