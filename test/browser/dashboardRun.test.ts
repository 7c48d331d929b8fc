/** The page with a real coordinator: a run is started, disturbed and repeated by what can be pressed on it. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { openTab, startChromium, type Tab } from './modelHarness/tab.ts';
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

/** A coordinator that waits for runs, and its page as the operator sees it. */
async function onPage(
  skip: (why: string) => void,
  act: (tab: Tab, link: URL) => Promise<void>,
): Promise<void> {
  const browser = await startChromium();
  if (browser === null) return skip('Chromium is not installed here.');
  try {
    await withFolder('dashboard', async (folder) => {
      const args = ['serve', '--host', '127.0.0.1', '--out', join(folder, 'runs')];
      const coordinator = OwnProcess.start(process.execPath, [SHOAL, ...args]);
      try {
        const link = await coordinator.says(/dashboard\s+(\S+)/);
        await act(await openTab(browser, link), new URL(link));
      } finally {
        await coordinator.end({ asked: false });
      }
    });
  } finally {
    await browser.close();
  }
}

it('starts a run twice, kills a worker in one of them, and both end with the same bits', ({ skip }) =>
  onPage(skip, async ({ page, complaints }) => {
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
  }));

/** So few samples are learned by heart within a few epochs, and then the validation gets worse. */
const LEARNED_BY_HEART = {
  name: 'stops-early',
  data: { source: 'digits', limit: 80, validation: 200 },
  model: {
    input: [1, 28, 28],
    layers: [
      { type: 'flatten' },
      { type: 'dense', units: 64 },
      { type: 'relu' },
      { type: 'dense', units: 10 },
    ],
    loss: 'cross_entropy',
  },
  batch: 40,
  microbatch: 20,
  epochs: 400,
  optimizer: { type: 'adam', lr: 0.01 },
  earlyStopping: { metric: 'validationLoss', patience: 3 },
};

it('marks the best epoch and the early stop of a run whose patience is at its end', ({ skip }) =>
  onPage(skip, async ({ page, complaints }, link) => {
    const answer = await fetch(new URL('/api/runs', link), {
      method: 'POST',
      headers: { authorization: `Bearer ${link.hash.slice(1)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ spec: LEARNED_BY_HEART }),
    });
    expect(answer.status).toBe(201);
    await page.getByRole('heading', { name: 'stops-early' }).waitFor();
    await page.getByRole('tab', { name: 'Workers', exact: true }).click();
    await page.getByRole('button', { name: 'Add a worker' }).click();
    await page.getByRole('tab', { name: 'Run', exact: true }).click();
    await result(page);
    const told = await page
      .getByText(/^Stopped early after epoch \d+; epoch \d+ was the best\.$/)
      .innerText();
    const [stopped, best] = told.match(/\d+/g) ?? [];
    expect(Number(stopped)).toBe(Number(best) + 3);
    const marks = new RegExp(`best: epoch ${best}, stopped early: epoch ${stopped}`);
    await page
      .getByRole('img', { name: /^Loss by epoch/ })
      .and(page.getByRole('img', { name: marks }))
      .waitFor();
    expect(complaints).toEqual([]);
  }));
