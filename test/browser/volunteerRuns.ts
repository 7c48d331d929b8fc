/** Runs for volunteers to join, and the Chromium that their tabs are in. */
import type { Browser } from 'playwright-core';
import { everything } from '../support/specs.ts';
import { findChromium, installMissing } from './installed.ts';
import { openBrowser } from './volunteers.ts';

/** The aim is two seconds, and the figure is printed; this is for a tab that hangs, not for a machine that is slow. */
export const FIRST_GRADIENT_MS_MAX = 120_000;

/** Long enough that whoever joins takes part; too long for anybody to wait for, where a test ends before its run. */
export const lasting = (epochs: number) => everything({ epochs, earlyStopping: null });
export const SIZE = { train: 1260, test: 60 };
export const ENDLESS = 100_000;

if (findChromium() === null) await installMissing('Chromium');
export const chromium = findChromium();
if (chromium === null) {
  const why = 'Chromium is not installed (Debian: apt-get install chromium).';
  if (process.env.CI === 'true') throw new Error(`${why} Under CI=true nothing is passed over.`);
  console.log(`Passed over: ${why}`);
}
export const executable = chromium ?? '';

export async function open(): Promise<Browser> {
  return openBrowser(executable);
}
