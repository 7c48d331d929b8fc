/** The page with a real coordinator: a run is started, disturbed and repeated by what can be pressed on it. */
import { isDeepStrictEqual } from 'node:util';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { digits } from '../support/specs.ts';
import { openTab, pictures, type Tab } from './modelHarness/tab.ts';
import { pageOfOwnCoordinator, post } from './ownCoordinator.ts';

const RUN_MS = 120_000;

const onPage = pageOfOwnCoordinator();

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

/** What is told of workers and what is told of decisions come by messages of their own. */
async function isInLog(page: Page, text: string): Promise<void> {
  await page.getByRole('tab', { name: 'Log', exact: true }).click();
  await page.getByRole('searchbox', { name: 'Contains' }).fill(text);
  const entries = () => page.getByRole('listitem').allInnerTexts();
  await expect
    .poll(entries, { timeout: RUN_MS })
    .toHaveLength(1)
    .catch(async (error: Error) => {
      await page.getByRole('searchbox', { name: 'Contains' }).fill('');
      await page.waitForTimeout(1000);
      throw new Error(`${error.message} The log: ${(await entries()).slice(0, 30).join(' | ')}`);
    });
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
    await isInLog(page, 'local-1 killed');
    expect(complaints).toEqual([]);
  }));

/** So few samples are learned by heart within a few epochs, and then the validation gets worse. */
const LEARNED_BY_HEART = digits(
  { units: 64, limit: 80, validation: 200 },
  {
    ...{ name: 'stops-early', batch: 40, microbatch: 20, epochs: 400 },
    optimizer: { type: 'adam', lr: 0.01 },
    earlyStopping: { metric: 'validationLoss', patience: 3 },
  },
);

it('asks before it lets poison into a run that checks nothing, and the log shows who is found out', ({
  skip,
}) =>
  onPage(skip, async ({ page, complaints }, link) => {
    const answer = await post(link, '/api/runs', {
      spec: { ...LEARNED_BY_HEART, epochs: 100_000, earlyStopping: null, trust: { spotCheck: 0 } },
    });
    expect(answer.status).toBe(201);
    await page.getByRole('tab', { name: 'Workers', exact: true }).click();
    await page.getByText('Nothing is checked: wrong answers would stay in the model.').waitFor();
    await page.getByRole('button', { name: 'Add a worker' }).click();
    await page.getByRole('radio', { name: /local-1/ }).waitFor();
    // Poisoned before it has joined, it would be refused for its answer to the probe.
    await page.getByText('1 connected, 1 computing').waitFor({ timeout: RUN_MS });
    await page.getByRole('button', { name: 'Poison', exact: true }).click();
    const question = page.getByRole('dialog', { name: 'Poison local-1 in a run that checks nothing?' });
    await question.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('radio', { name: /local-1.*running/ }).waitFor();
    await page.getByRole('button', { name: 'Poison', exact: true }).click();
    await question.getByRole('button', { name: 'Check from now on, then poison' }).click();
    await page.getByRole('radio', { name: /local-1.*killed/ }).waitFor({ timeout: RUN_MS });
    // What is told of workers and what is told of the run come by messages of their own.
    await expect.poll(() => page.getByRole('textbox', { name: 'Checked (%)' }).inputValue()).toBe('5');
    await isInLog(page, 'local-1 gave a wrong answer');
    expect(complaints).toEqual([]);
  }));

it('marks the best epoch and the early stop of a run whose patience is at its end', ({ skip }) =>
  onPage(skip, async ({ page, complaints }, link, browser) => {
    const answer = await post(link, '/api/runs', { spec: LEARNED_BY_HEART });
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
    // The curves that have grown with the run, marks and all, are those of a page that is opened afterwards.
    const curves = async (one: Page) => (await pictures(one)).slice(0, 2);
    const { page: later } = await openTab(browser, link.href);
    await later.getByRole('img', { name: marks }).first().waitFor();
    await expect
      .poll(async () => isDeepStrictEqual(await curves(page), await curves(later)), { timeout: RUN_MS })
      .toBe(true);
    expect(complaints).toEqual([]);
  }));

/** Starts a preset by the page and waits for its end. */
async function trainFromPage(page: Page, preset: string): Promise<void> {
  await page.getByRole('tab', { name: 'Start', exact: true }).click();
  await page.getByRole('combobox', { name: 'Begin with' }).selectOption(preset);
  await page.getByRole('button', { name: 'Start this run' }).click();
  await page.getByRole('heading', { name: preset }).waitFor();
  await page.getByRole('heading', { name: 'Result' }).waitFor({ timeout: RUN_MS });
}

it('shows the model of one run after another, with nothing of the one before', ({ skip }) =>
  onPage(skip, async ({ page, complaints }) => {
    await page.getByRole('tab', { name: 'Workers', exact: true }).click();
    await page.getByRole('button', { name: 'Add a worker' }).click();
    for (const [preset, rows] of [
      ['perceptron-and', 4],
      ['perceptron-not', 2],
      ['mlp-xor', 4],
      ['perceptron-not', 2],
    ] as const) {
      await trainFromPage(page, preset);
      await page.getByRole('tab', { name: 'Model', exact: true }).click();
      await page.locator(`[data-right="${rows}"]`).waitFor();
      expect(await page.locator('table.rows tbody tr').count()).toBe(rows);
      expect(await page.getByRole('alert').count()).toBe(0);
      // Kept for the next run, if anything is.
      await page.getByRole('button', { name: 'Take a weight that matters' }).click();
      await page.locator('[data-agrees]').waitFor();
    }
    expect(complaints).toEqual([]);
  }));

/** The tab of somebody who only watches a run on the built-in digits, at the model. */
const watchModel = (
  skip: (why: string) => void,
  options: readonly string[],
  look: (tab: Tab) => Promise<void>,
) =>
  onPage(
    skip,
    async ({ page }, link, browser) => {
      const spec = { ...LEARNED_BY_HEART, name: 'watched', epochs: 2, earlyStopping: null };
      await post(link, '/api/local', { action: 'add' });
      await post(link, '/api/runs', { spec });
      await result(page);
      await page.getByRole('tab', { name: 'Join', exact: true }).click();
      const watch = await page
        .getByText(/\/#[\w.-]+$/)
        .first()
        .innerText();
      const viewer = await openTab(browser, watch);
      await viewer.page.getByRole('tab', { name: 'Model', exact: true }).click();
      await viewer.page.locator('[data-step]').waitFor();
      await look(viewer);
    },
    options,
  );

it('shows samples to whoever opens the link to watch', ({ skip }) =>
  watchModel(skip, [], async ({ page, complaints }) => {
    await page.getByRole('button', { name: 'Any test digit' }).click();
    await page.locator('[data-said]').waitFor();
    await page.locator('table.confusion').waitFor();
    await page.getByRole('button', { name: 'Take a weight that matters' }).click();
    await page.locator('[data-agrees]').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(complaints).toEqual([]);
  }));

it('says kindly what it does not show, where samples are kept from those who only watch', ({ skip }) =>
  watchModel(skip, ['--no-viewer-data'], async ({ page, complaints }) => {
    const kept = page.getByText('does not show samples of the data set to those who only watch');
    await kept.first().waitFor();
    // Of test digits, the confusion matrix, the gradient and the surface.
    await expect.poll(() => kept.count()).toBe(4);
    await page.getByRole('img', { name: /^Weights of/ }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(complaints).toEqual([]);
  }));

it('takes a revoked link and its code off the open page, and says what took its place', ({ skip }) =>
  onPage(skip, async ({ page }, link) => {
    await page.getByRole('tab', { name: 'Join', exact: true }).click();
    const shown = async (): Promise<string> => page.locator('.link.large code').innerText();
    const [before, code] = [await shown(), await page.locator('.qr .dark').getAttribute('d')];
    const answer = await post(link, '/api/access/revoke', { role: 'worker' });
    const { join: fresh } = (await answer.json()) as { join: { links: string[] } };
    await page.getByRole('status').getByText('were revoked').waitFor();
    await expect.poll(shown).toBe(fresh.links[0]);
    expect(await page.locator('main').innerText()).not.toContain(before.split('#')[1] ?? 'no token');
    expect(await page.locator('.qr .dark').getAttribute('d')).not.toBe(code);
  }));

it('says that nothing was done to a worker that was killed before', ({ skip }) =>
  onPage(skip, async ({ page }) => {
    await page.getByRole('tab', { name: 'Workers', exact: true }).click();
    await page.getByRole('button', { name: 'Add a worker' }).click();
    await page.getByRole('radio', { name: /local-1/ }).waitFor();
    await page.getByRole('button', { name: 'Kill', exact: true }).click();
    await page.getByText('killed', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Poison' }).click();
    await page.getByRole('alert').getByText('This worker is not running any more').waitFor();
    await page.getByRole('button', { name: 'Restore' }).click();
    await page.getByText('running', { exact: true }).waitFor();
    // The feed may tell of it before what was asked for is answered.
    await expect.poll(() => page.getByRole('alert').count()).toBe(0);
  }));
