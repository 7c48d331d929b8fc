import { expect, test } from 'vitest';
import { forgetfulVersion } from './natsVersion.ts';

test.each(['2.9.10', '2.10.22', '1.4.1', '2.10.0-beta.1'])('three servers of %s may forget', (version) => {
  expect(forgetfulVersion(version, 3)).toBe(version);
  expect(forgetfulVersion(version, 1)).toBeNull();
});

test.each(['2.10.23', '2.10.27', '2.11.0', '3.0.0', '2.12.1-RC.1'])('those of %s keep', (version) => {
  expect(forgetfulVersion(version, 3)).toBeNull();
});
