/** A tab of Chromium on the model's page, with everything written down that should not happen in it. */
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { OFFLINE_ARGS } from '../chromium.ts';
import { findChromium, installMissing } from '../installed.ts';

/** Installs it where it may. Null where there is none, which is an error where everything must be tested. */
export async function startChromium(): Promise<Browser | null> {
  if (findChromium() === null) await installMissing('Chromium');
  const executablePath = findChromium();
  if (executablePath !== null)
    return chromium.launch({ executablePath, args: [...OFFLINE_ARGS], timeout: PATIENCE_MS });
  if (process.env.CI === 'true') throw new Error('Chromium is not installed here.');
  return null;
}

const START_TIMEOUT_MS = 300_000;
/** What does not happen within it never will, on a machine however slow. */
const PATIENCE_MS = 120_000;

/** One browser for all tests of a file, once they run; null, with a word, where there is none. */
export function chromiumOfThisFile(): () => Browser | null {
  let browser: Browser | null = null;
  beforeAll(async () => {
    browser = await startChromium();
    if (browser === null) console.log('Passed over: Chromium is not installed here.');
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    await browser?.close();
  });
  return () => browser;
}

/** Whatever a test left open; the browser goes on. */
export async function closeTabs(browser: Browser): Promise<void> {
  for (const context of browser.contexts()) await context.close();
}

export type Tab = {
  readonly page: Page;
  /** Errors on the console and in scripts, and what the content security policy refused. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
};

export type TabOptions = {
  readonly theme?: 'light' | 'dark';
  readonly locale?: string;
  readonly width?: number;
  readonly height?: number;
};

export async function openTab(browser: Browser, url: string, options: TabOptions = {}): Promise<Tab> {
  const { theme = 'light', locale = 'en', width = 1440, height = 900 } = options;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, locale });
  // Pages that this one opens have the same patience.
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(url);
  return { page, complaints, close: () => context.close() };
}

/** What stands on the page's canvases, in order, each as the URL of its picture. */
export const pictures = (page: Page): Promise<string[]> =>
  page.evaluate(() => [...document.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL()));

type Place = readonly [x: number, y: number];

/** Draws strokes with the mouse; places are parts of the pad's width and height. */
export async function drawStrokes(page: Page, strokes: readonly (readonly Place[])[]): Promise<void> {
  const box = await page.locator('.pad').boundingBox();
  if (box === null) throw new Error('The pad is not to be seen.');
  const move = ([x, y]: Place, steps: number): Promise<void> =>
    page.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps });
  for (const [first, ...rest] of strokes) {
    if (first === undefined) continue;
    await move(first, 1);
    await page.mouse.down();
    for (const place of rest) await move(place, 6);
    await page.mouse.up();
  }
}

/** Digits as a hand draws them. */
export const STROKES: Readonly<Record<1 | 3 | 7, readonly (readonly Place[])[]>> = {
  1: [
    [
      [0.5, 0.15],
      [0.5, 0.85],
    ],
  ],
  3: [
    [
      [0.3, 0.25],
      [0.5, 0.15],
      [0.68, 0.3],
      [0.5, 0.48],
      [0.4, 0.48],
    ],
    [
      [0.5, 0.48],
      [0.72, 0.62],
      [0.6, 0.85],
      [0.3, 0.8],
    ],
  ],
  7: [
    [
      [0.28, 0.2],
      [0.72, 0.2],
      [0.45, 0.85],
    ],
  ],
};
