/** The comparison of five optimizers: one press, five runs that wait for each other, one chart. */
import type { QueueView, RunListView } from '@shoal/core';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { digits } from '../support/specs.ts';
import { pageOfOwnCoordinator, post, read } from './ownCoordinator.ts';

/** Of five runs, one after another. */
const RUN_MS = 240_000;
const RULES = ['sgd', 'momentum', 'adagrad', 'rmsprop', 'adam'];

const SPEC = digits(
  { units: 16, limit: 200, validation: 100 },
  { name: 'race', epochs: 6, optimizer: { type: 'sgd', lr: 0.1 } },
);

/** Runs that have not begun, or never will, may be asked for once. */
const IS_EARLY = /404/;

const onPage = pageOfOwnCoordinator();

async function press(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Start', exact: true }).click();
  await page.locator('summary', { hasText: 'The whole spec as JSON' }).click();
  await page.getByRole('textbox', { name: 'The whole spec as JSON' }).fill(JSON.stringify(SPEC));
  await page.getByRole('button', { name: 'Compare five optimizers' }).click();
}

const waiting = async (link: URL): Promise<number> =>
  (await read<QueueView>(link, '/api/queue')).waiting.length;

it('goes on after its page was closed, and ends with five curves of five colours in one chart', ({ skip }) =>
  onPage(skip, async ({ page: first, complaints }, link) => {
    await press(first);
    // Nobody computes yet: the first has begun, the others wait.
    await expect.poll(() => waiting(link), { timeout: RUN_MS }).toBe(4);
    await first.locator('.race').getByText('this page may be closed').waitFor();
    await expect.poll(() => first.locator('.race .runners li', { hasText: 'waits' }).count()).toBe(4);
    const page = await first.context().newPage();
    await first.close();
    await post(link, '/api/local', { action: 'add' });
    const ended = async (): Promise<string[]> =>
      (await read<RunListView>(link, '/api/runs')).runs
        .filter(({ state }) => state === 'finished')
        .map(({ name }) => name)
        .sort();
    await expect.poll(ended, { timeout: RUN_MS }).toEqual(RULES.map((rule) => `race-${rule}`).sort());

    await page.goto(link.href);
    await page.getByRole('tab', { name: 'Runs', exact: true }).click();
    await page.locator('.race[data-points="6 6 6 6 6"]').waitFor();
    const race = page.locator('.race');
    expect(await race.locator('.chart').count()).toBe(1);
    await race.getByRole('img', { name: /^Validation accuracy by epoch/ }).waitFor();
    const colours = await race
      .locator('.legend .sample')
      .evaluateAll((samples) => samples.map((sample) => getComputedStyle(sample).color));
    expect(new Set(colours).size).toBe(5);
    // The legend may promise what nobody has drawn.
    await expect
      .poll(() => race.locator('canvas').evaluate(drawnIn, colours))
      .toEqual(colours.map((colour) => [colour, true]));
    await race.getByRole('combobox', { name: 'Shown' }).selectOption('loss');
    await race.getByRole('img', { name: /^Training loss by epoch/ }).waitFor();
    await race.getByRole('button', { name: 'Put away' }).click();
    await expect.poll(() => race.count()).toBe(0);
    expect(complaints.filter((text) => !IS_EARLY.test(text))).toEqual([]);
  }));

/** Whether each colour stands in the picture, as an even stretch of a line at least. */
function drawnIn(canvas: SVGElement | HTMLElement, colours: readonly string[]): [string, boolean][] {
  const { width, height } = canvas as HTMLCanvasElement;
  const picture = (canvas as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height);
  const data = picture?.data ?? [];
  return colours.map((colour) => {
    const wanted = (colour.match(/[\d.]+/g) ?? []).map(Number);
    let found = 0;
    for (let i = 0; i < data.length; i += 4) {
      if (wanted.every((part, k) => Math.abs(part - (data[i + k] ?? 0)) < 3)) found += 1;
    }
    return [colour, found > 40];
  });
}

it('starts no further run when it is told so', ({ skip }) =>
  onPage(skip, async ({ page, complaints }, link) => {
    await press(page);
    await expect.poll(() => waiting(link), { timeout: RUN_MS }).toBe(4);
    const race = page.locator('.race');
    await race.getByRole('button', { name: 'Start no further one' }).click();
    await expect.poll(() => waiting(link)).toBe(0);
    await post(link, '/api/local', { action: 'add' });
    await page.locator('.race[data-points="6 0 0 0 0"]').waitFor({ timeout: RUN_MS });
    await race.getByRole('button', { name: 'Put away' }).waitFor();
    expect(await race.locator('.runners li', { hasText: 'not started' }).count()).toBe(4);
    expect(complaints.filter((text) => !IS_EARLY.test(text))).toEqual([]);
  }));
