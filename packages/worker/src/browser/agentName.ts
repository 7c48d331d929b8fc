/** What a browser is called, for people: `Chrome 140 Windows`. */

/** The first that is found: many browsers name Chrome or Safari as well, for compatibility. */
const BROWSERS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['Edge', /\bEdg(?:e|A|iOS)?\/(\d+)/],
  ['Opera', /\b(?:OPR|OPT)\/(\d+)/],
  ['Samsung Internet', /\bSamsungBrowser\/(\d+)/],
  ['WeChat', /\bMicroMessenger\/(\d+)/],
  ['Vivaldi', /\bVivaldi\/(\d+)/],
  ['Firefox', /\b(?:Firefox|FxiOS)\/(\d+)/],
  ['Chrome', /\b(?:Headless)?(?:Chrome|CriOS|Chromium)\/(\d+)/],
  ['Safari', /\bVersion\/(\d+)\S* .*\bSafari\//],
];

/** In this order, since Android names Linux and iPhones name macOS. */
const PLATFORMS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['Android', /\bAndroid\b/],
  ['iOS', /\b(?:iPhone|iPad|iPod)\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMac(?:intosh| OS X)\b/],
  ['Linux', /\bLinux\b|\bX11\b/],
];

const LENGTH_MAX = 128;

/** `touchPoints` tells an iPad, which calls itself a Macintosh, from one. */
export function agentName(userAgent: string, touchPoints: number): string {
  let browser = 'Browser';
  for (const [name, pattern] of BROWSERS) {
    const version = pattern.exec(userAgent)?.[1];
    if (version === undefined) continue;
    browser = `${name} ${version}`;
    break;
  }
  const found = PLATFORMS.find(([, pattern]) => pattern.test(userAgent))?.[0];
  const platform = found === 'macOS' && touchPoints > 1 ? 'iOS' : found;
  return (platform === undefined ? browser : `${browser} ${platform}`).slice(0, LENGTH_MAX);
}
