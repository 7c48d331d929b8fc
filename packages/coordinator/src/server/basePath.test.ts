import { expect, test } from 'vitest';
import { belowBase } from './basePath.ts';

test.each([
  ['/shoal/api/runs', '/shoal', '/api/runs'],
  ['/shoal/?x=1', '/shoal', '/?x=1'],
  ['/shoal/', '/shoal', '/'],
  // A proxy that takes the path away has done so.
  ['/api/runs', '/shoal', '/api/runs'],
  ['/', '/shoal', '/'],
  // What only begins like it is something else.
  ['/shoals/x', '/shoal', '/shoals/x'],
  ['/lab/shoal/ws', '/lab/shoal', '/ws'],
  ['/shoal/ws', '', '/shoal/ws'],
])('%s below "%s" is %s', (url, basePath, below) => {
  expect(belowBase(url, basePath)).toBe(below);
});
