import { expect, test } from 'vitest';
import { agentName } from './agentName.ts';

const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)';
const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)';
const SAFARI = 'AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15';

// User agent strings as the browsers send them.
test.each([
  [`${WINDOWS} ${WEBKIT} Chrome/140.0.0.0 Safari/537.36`, 0, 'Chrome 140 Windows'],
  [`${WINDOWS} ${WEBKIT} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0`, 0, 'Edge 140 Windows'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0', 0, 'Firefox 131 Linux'],
  [`Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} HeadlessChrome/141.0.0.0 Safari/537.36`, 0, 'Chrome 141 Linux'],
  [
    `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${WEBKIT} Chrome/140.0.0.0 Safari/537.36`,
    0,
    'Chrome 140 ChromeOS',
  ],
  [
    `Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Chrome/140.0.0.0 Mobile Safari/537.36`,
    5,
    'Chrome 140 Android',
  ],
  [
    `Mozilla/5.0 (Linux; Android 14) ${WEBKIT} SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36`,
    5,
    'Samsung Internet 26 Android',
  ],
  [`${MAC} ${SAFARI}`, 0, 'Safari 18 macOS'],
  [`${MAC} ${SAFARI}`, 5, 'Safari 18 iOS'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/130.0.6723.90 Mobile/15E148 Safari/604.1',
    5,
    'Chrome 130 iOS',
  ],
  ['', 0, 'Browser'],
  [`Firefox/${'9'.repeat(300)}`, 0, `Firefox ${'9'.repeat(300)}`.slice(0, 128)],
])('%s is told to people as such', (userAgent, touchPoints, told) => {
  expect(agentName(userAgent, touchPoints)).toBe(told);
});
