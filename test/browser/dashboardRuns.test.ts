/** The page of runs with a real coordinator on folders of runs: found, sorted, labelled, compared, looked into, put away. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { makeRuns, nameOfMade } from '../support/madeRuns.mjs';
import { chromiumOfThisFile, closeTabs, openTab, type Tab, type TabOptions } from './modelHarness/tab.ts';
import { OwnProcess, withFolder } from './ownProcess.ts';

const SHOAL = fileURLToPath(new URL('../../packages/coordinator/bin/shoal.js', import.meta.url));
const RUNS = 120;
const RUN_MS = 120_000;

const chromium = chromiumOfThisFile();

type Opened = {
  readonly runs: string;
  readonly open: (role: 'operator' | 'viewer', options?: TabOptions) => Promise<Tab>;
};

/** A coordinator on a folder of made runs, and its page. */
async function onRuns(skip: (why: string) => void, act: (opened: Opened) => Promise<void>): Promise<void> {
  const browser = chromium();
  if (browser === null) return skip('Chromium is not installed here.');
  try {
    await withFolder('dashboard-runs', async (folder) => {
      const runs = join(folder, 'runs');
      await makeRuns(runs, RUNS);
      const args = ['serve', '--host', '127.0.0.1', '--workers', '1', '--out', runs];
      const coordinator = OwnProcess.start(process.execPath, [SHOAL, ...args]);
      try {
        const link = await coordinator.says(/dashboard\s+(\S+)/);
        const watch = await coordinator.says(/watch\s+(\S+)/);
        await act({
          runs,
          open: async (role, options) => {
            const tab = await openTab(browser, role === 'operator' ? link : watch, options);
            await tab.page.locator('#tab-runs').click();
            await tab.page.locator('.runs tbody tr').first().waitFor();
            return tab;
          },
        });
      } finally {
        await coordinator.end({ asked: false });
      }
    });
  } finally {
    await closeTabs(browser);
  }
}

const shownIn = (page: Page): Promise<string[]> =>
  page.locator('.runs tbody .who > small:first-of-type').allInnerTexts();

it('finds, sorts and pages through runs, by mouse and by keyboard', ({ skip }) =>
  onRuns(skip, async ({ open }) => {
    const { page, complaints } = await open('operator');
    const shown = () => shownIn(page);
    await expect.poll(async () => (await shown()).length).toBe(50);
    await page.getByRole('status').getByText('1 to 50 of 120').waitFor();
    expect((await shown())[0]).toBe(nameOfMade(RUNS - 1));

    await page
      .getByRole('navigation', { name: 'Pages of the list', exact: true })
      .getByRole('button', { name: 'Last' })
      .click();
    await expect.poll(async () => (await shown()).at(-1)).toBe(nameOfMade(0));

    const header = page.getByRole('columnheader', { name: 'Test accuracy' });
    await header.getByRole('button').focus();
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await shown()).slice(0, 2)).toEqual([0, 100].map(nameOfMade));
    expect(await header.getAttribute('aria-sort')).toBe('descending');
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await shown())[0]).toBe(nameOfMade(98));
    expect(await header.getAttribute('aria-sort')).toBe('ascending');

    await page.getByRole('searchbox', { name: 'Search' }).fill('adam accuracy>0.985');
    await expect.poll(async () => (await shown()).length).toBeGreaterThan(0);
    await page.getByRole('combobox', { name: 'Tag' }).selectOption('odd');
    // Of the best of each hundred, those that adam has trained; the worst of them first.
    await expect.poll(shown).toEqual([4, 100].map(nameOfMade));
    await page.getByRole('combobox', { name: 'State' }).selectOption('stopped');
    await page.getByText('No run is like that.').waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByRole('combobox', { name: 'Best by' }).selectOption('testAccuracy');
    await page.locator('.best').getByText(nameOfMade(0)).waitFor();
    await page.locator('.best button').click();
    await page.locator('.opened-run').waitFor();
    expect(complaints).toEqual([]);
  }));

it('labels runs in place, and archives and deletes them after a question', ({ skip }) =>
  onRuns(skip, async ({ open, runs }) => {
    const { page, complaints } = await open('operator');
    const runId = nameOfMade(RUNS - 1);
    const row = page.getByRole('row').filter({ hasText: runId });
    await row.getByRole('button', { name: /^Label/ }).click();
    const form = page.getByRole('form', { name: `Label: ${runId}` });
    await form.getByRole('textbox', { name: 'Name' }).fill('Wide net');
    await form.getByRole('textbox', { name: 'Tags' }).fill('good, shown');
    await form.getByRole('textbox', { name: 'Notes' }).fill('with dropout\nand more');
    await form.getByRole('button', { name: 'Save' }).click();
    await row.getByText('Wide net').waitFor();
    expect(await row.locator('.tag').allInnerTexts()).toEqual(['good', 'shown']);
    await page.getByRole('searchbox', { name: 'Search' }).fill('wide dropout');
    await expect.poll(() => shownIn(page)).toEqual([runId]);
    await page.getByRole('button', { name: 'Show all' }).click();

    const gone = [nameOfMade(RUNS - 2), nameOfMade(RUNS - 3)];
    for (const one of gone) await page.getByRole('checkbox', { name: new RegExp(one) }).check();
    await page.getByRole('button', { name: 'Delete…' }).click();
    const question = page.getByRole('dialog', { name: 'Delete 2 runs?' });
    await question.getByRole('button', { name: 'Cancel' }).click();
    expect(await readdir(runs)).toContain(gone[0]);
    await page.getByRole('button', { name: 'Delete…' }).click();
    await question.getByRole('button', { name: 'Delete…' }).click();
    await expect.poll(async () => (await readdir(runs)).filter((name) => gone.includes(name))).toEqual([]);
    await page.getByRole('status').getByText('1 to 50 of 118').waitFor();

    await row.getByRole('button', { name: /^Open/ }).click();
    const archive = page.getByRole('button', { name: 'Archive…' });
    await archive.click();
    await page
      .getByRole('dialog', { name: 'Archive this run?' })
      .getByRole('button', { name: 'Archive…' })
      .click();
    await page.getByRole('status').getByText('1 to 50 of 117').waitFor();
    await page.getByRole('combobox', { name: 'Archived' }).selectOption('only');
    await expect.poll(() => shownIn(page)).toEqual([runId]);
    expect(complaints).toEqual([]);
  }));

it('compares a dozen runs with a colour each, over what they cost', ({ skip }) =>
  onRuns(skip, async ({ open }) => {
    const { page, complaints } = await open('viewer', { theme: 'dark' });
    expect(await page.getByRole('button', { name: /^Label/ }).count()).toBe(0);
    for (let i = 1; i <= 12; i += 1) {
      await page.getByRole('checkbox', { name: new RegExp(nameOfMade(RUNS - i)) }).check();
    }
    expect(await page.getByRole('button', { name: 'Delete…' }).count()).toBe(0);
    const comparison = page.locator('.comparison');
    await expect.poll(() => comparison.locator('.legend .sample').count()).toBe(12);
    const looks = await comparison
      .locator('.legend .sample')
      .evaluateAll((samples) => samples.map((sample) => getComputedStyle(sample).color));
    expect(new Set(looks).size).toBe(12);
    await comparison.getByRole('combobox', { name: 'Over' }).selectOption('bytes');
    await page.getByRole('img', { name: /^Validation accuracy by bytes/ }).waitFor();
    await comparison.getByRole('combobox', { name: 'Over' }).selectOption('seconds');
    await page.getByRole('img', { name: /^Validation accuracy by time/ }).waitFor();
    await comparison.getByRole('rowheader', { name: 'optimizer.type' }).waitFor();
    await comparison.getByRole('rowheader', { name: 'Test accuracy' }).waitFor();
    expect(complaints).toEqual([]);
  }));

it('looks into the model of a past run while another is there, and hands it out', ({ skip }) =>
  onRuns(skip, async ({ open }) => {
    const { page, complaints } = await open('operator');
    for (const preset of ['perceptron-and', 'mlp-xor']) {
      await page.locator('#tab-start').click();
      await page.getByRole('combobox', { name: 'Begin with' }).selectOption(preset);
      await page.getByRole('button', { name: 'Start this run' }).click();
      await page.getByRole('heading', { name: preset }).waitFor();
      await page.getByRole('heading', { name: 'Result' }).waitFor({ timeout: RUN_MS });
    }
    await page.locator('#tab-runs').click();
    await page.getByRole('button', { name: /^Open: perceptron-and/ }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download the model' }).click();
    expect((await download).suggestedFilename()).toMatch(/^perceptron-and-.*\.safetensors$/);
    await page.getByRole('button', { name: 'Look into the model' }).click();
    await page.getByText('This is the model that perceptron-and-').waitFor();
    await page.locator('.model [data-step]').waitFor();
    await page.getByRole('button', { name: 'Back to the run of now' }).click();
    await expect.poll(() => page.getByText('This is the model that').count()).toBe(0);
    expect(complaints).toEqual([]);
  }));

it.for([
  { locale: 'en', theme: 'light', width: 1440 },
  { locale: 'zh', theme: 'dark', width: 360 },
] as const)('is free of barriers ($locale, $theme, $width pixels)', (options, { skip }) =>
  onRuns(skip, async ({ open }) => {
    const { page, complaints } = await open('operator', { ...options, height: 900 });
    const [first, second] = [RUNS - 1, RUNS - 2].map((i) => new RegExp(nameOfMade(i)));
    await page.getByRole('checkbox', { name: first }).check();
    await page.getByRole('checkbox', { name: second }).check();
    await page.locator('.comparison .legend .sample').nth(1).waitFor();
    await page
      .getByRole('row')
      .filter({ hasText: first })
      .first()
      .getByRole('button', { name: /^(Label|标注)/ })
      .click();
    await page.locator('.label-form').waitFor();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(complaints).toEqual([]);
  }),
);
