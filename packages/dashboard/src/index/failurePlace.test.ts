import { expect, it } from 'vitest';
import { placeIn } from './failurePlace.ts';

it('finds the place of a failure in what either kind of browser writes, without the address of the page', () => {
  const chromium =
    'TypeError: x is undefined\n    at Row (http://10.0.0.5:7465/assets/index-ab12.js:1:4021)\n    at z';
  expect(placeIn(chromium)).toBe('Row (assets/index-ab12.js:1:4021)');
  expect(placeIn('Row@https://[fe80::1]:7465/assets/index-ab12.js:1:4021\n')).toBe(
    'Row@assets/index-ab12.js:1:4021',
  );
  expect(placeIn('TypeError: x is undefined')).toBeNull();
  expect(placeIn(undefined)).toBeNull();
});
