import { expect, test } from 'vitest';
import { simdKinds, testDocker } from './probes.ts';

test('a Node.js that Shoal supports has strict SIMD', () => {
  const [strict, relaxed] = simdKinds();
  expect(strict).toMatchObject({ name: 'simd', available: true });
  const major = Number(process.versions.node.split('.')[0]);
  // Relaxed SIMD is on by default from V8 11.4, which Node.js 22 was the first long-lived release to have.
  if (major >= 22) expect(relaxed?.available).toBe(true);
  expect(relaxed?.detail).not.toBe('');
});

test('docker is asked for, and its absence is no error', async () => {
  const probe = await testDocker();
  expect(probe.name).toBe('docker');
  expect(probe.detail).toMatch(probe.available ? /^engine / : /not needed$/);
});
