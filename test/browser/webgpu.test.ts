/** The engine on a graphics processor, in Chromium, where a processor plays one (SwiftShader): it is right there or nowhere. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GPU_ARGS, inChromium } from './chromium.ts';
import { findChromium, installMissing } from './installed.ts';
import { callOnPage, type Page, servePage } from './page.ts';
import type { GpuRecord } from './webgpu.ts';

let page: Page;

beforeAll(async () => {
  await installMissing('Chromium');
  page = await servePage('./webgpu.ts', { vitest: './expectInPage.ts' });
}, 600_000);

afterAll(async () => {
  await page?.close();
});

it('agrees with the reference engine in Chromium', async ({ skip }) => {
  const executable = findChromium();
  if (executable === null) return skip('Passed over: Chromium is not installed.');
  const record = JSON.parse(
    await inChromium(executable, page.url, callOnPage('recordGpu'), GPU_ARGS),
  ) as GpuRecord;
  if ('missing' in record) return skip(`Passed over: ${record.missing}`);
  console.log(`${record.agreed} models agree on ${record.adapter}.`);
  expect(record.agreed).toBeGreaterThan(20);
  // No step of a round moves what is frozen.
  const { difference, length, moved } = record.round;
  expect(length).toBeGreaterThan(0);
  expect(difference).toBeLessThan(1e-3 * length);
  expect(moved).toBe(false);
}, 400_000);
