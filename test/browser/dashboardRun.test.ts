/** The page with a real coordinator: a run is started, disturbed and repeated by what can be pressed on it. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { openTab, startChromium } from './modelHarness/tab.ts';
import { OwnProcess, withFolder } from './ownProcess.ts';

const SHOAL = fileURLToPath(new URL('../../packages/coordinator/bin/shoal.js', import.meta.url));
const RUN_MS = 120_000;

async function startFromPage(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Start', exact: true }).click();
  await page.getByRole('combobox', { name: 'Begin with' }).selectOption('mlp-xor');
  await page.getByRole('button', { name: 'Start this run' }).click();
  await page.getByRole('heading', { name: 'mlp-xor' }).waitFor();
}

/** The parameters' hash, once the run has ended. */
async function result(page: Page): Promise<string> {
  await page.getByRole('heading', { name: 'Result' }).waitFor({ timeout: RUN_MS });
  return page.locator('.hash code').innerText();
}

it('starts a run twice, kills a worker in one of them, and both end with the same bits', async ({ skip }) => {
  const browser = await startChromium();
  if (browser === null) {
    if (process.env.CI === 'true') throw new Error('Chromium is not installed here.');
    return skip('Chromium is not installed here.');
  }
  try {
    await withFolder('dashboard', async (folder) => {
      const args = ['serve', '--host', '127.0.0.1', '--out', join(folder, 'runs')];
      const coordinator = OwnProcess.start(process.execPath, [SHOAL, ...args]);
      try {
        const link = await coordinator.says(/dashboard\s+(\S+)/);
        const { page, complaints } = await openTab(browser, link);
        await startFromPage(page);
        await page.getByRole('tab', { name: 'Workers', exact: true }).click();
        await page.getByRole('button', { name: 'Add a worker' }).click();
        await page.getByRole('radio', { name: /local-1/ }).waitFor();
        await page.getByRole('tab', { name: 'Run', exact: true }).click();
        const first = await result(page);

        await startFromPage(page);
        await page.getByRole('tab', { name: 'Workers', exact: true }).click();
        await page.getByRole('button', { name: 'Add a worker' }).click();
        await page.getByRole('radio', { name: /local-1/ }).check();
        await page.getByRole('button', { name: 'Kill', exact: true }).click();
        await page.getByRole('radio', { name: /local-2/ }).waitFor();
        await page.getByRole('tab', { name: 'Run', exact: true }).click();
        // Only beside the second result is there another one.
        await page.locator('.others').getByText('the same bits').waitFor({ timeout: RUN_MS });
        const second = await result(page);

        expect(second).toBe(first);
        expect(second).toMatch(/^[0-9a-f]{64}$/);
        await page.getByRole('tab', { name: 'Log', exact: true }).click();
        await page.getByRole('searchbox', { name: 'Contains' }).fill('local-1 killed');
        expect(await page.getByRole('listitem').count()).toBe(1);
        expect(complaints).toEqual([]);
      } finally {
        await coordinator.end({ asked: false });
      }
    });
  } finally {
    await browser.close();
  }
});
