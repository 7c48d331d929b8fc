/** Where systems put Chromium or Chrome, or what SHOAL_CHROMIUM names. */
import { existsSync } from 'node:fs';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:/Program Files/Google/Chrome/Application/chrome.exe',
];

/** The program's path. Ends this process with a sentence where there is none. */
export function findChromium() {
  const program = [process.env.SHOAL_CHROMIUM ?? '', ...PLACES].find((place) => existsSync(place));
  if (program !== undefined) return program;
  console.error('There is no Chromium here: install it, or name its program in SHOAL_CHROMIUM.');
  return process.exit(2);
}
