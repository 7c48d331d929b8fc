/** The replay of a run that has ended: what its kept states say, from chance to what the model says. */
import { AxeBuilder } from '@axe-core/playwright';
import {
  compileModel,
  findPreset,
  initialParameters,
  type RunDetail,
  splitForRun,
  tableDataSet,
  wasmStrictEngine,
} from '@shoal/core';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { digits } from '../support/specs.ts';
import { openTab, type TabOptions } from './modelHarness/tab.ts';
import { pageOfOwnCoordinator, post, read } from './ownCoordinator.ts';

const RUN_MS = 120_000;
/** As many has the test part of the built-in digits. */
const TEST_SAMPLES = 4000;

const DIGITS = digits(
  { units: 24, limit: 800, validation: 100 },
  { name: 'replayed', epochs: 4, optimizer: { type: 'adam', lr: 0.01 } },
);

const onPage = pageOfOwnCoordinator();

async function train(link: URL, spec: object): Promise<RunDetail> {
  const answer = await post(link, '/api/runs', { spec });
  expect(answer.status).toBe(201);
  const { runId } = (await answer.json()) as { readonly runId: string };
  const detail = () => read<RunDetail>(link, `/api/runs/${runId}`);
  await expect.poll(async () => (await detail()).result?.state, { timeout: RUN_MS }).toBe('finished');
  return detail();
}

/** Without motion it is opened at its end. */
async function openReplay(page: Page, runId: string): Promise<void> {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.locator('#tab-runs').click();
  await page
    .getByRole('row')
    .filter({ hasText: runId })
    .getByRole('button', { name: /^(Open|打开)/ })
    .click();
  await page.locator('.replay .film').waitFor();
}

const told = async (page: Page, place: string, name: string): Promise<string> =>
  (await page.locator(place).getAttribute(`data-${name}`)) ?? '';

const picture = (page: Page): Promise<string> =>
  page.locator('.replay-plane canvas').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());

it('shows the plane of the state that is chosen, from the first parameters to those of the model', ({
  skip,
}) =>
  onPage(skip, async ({ page, complaints }, link) => {
    await post(link, '/api/local', { action: 'add' });
    const { runId, result } = await train(link, { preset: 'mlp-xor' });
    const { steps: kept } = await read<{ readonly steps: readonly number[] }>(
      link,
      `/api/runs/${runId}/states`,
    );
    await openReplay(page, runId);
    const film = (name: string) => told(page, '.replay .film', name);
    await expect.poll(() => film('step')).toBe(String(result?.steps));
    await expect.poll(() => film('right')).toBe('4');
    await page.getByText('4 of 4 right').waitFor();
    const last = await picture(page);
    // Back through what was kept: at least its beginning and its end, however fast the run was.
    expect([kept[0], kept.at(-1)]).toEqual([0, result?.steps]);
    for (const step of kept.slice(0, -1).reverse()) {
      await page.locator('.replay').getByRole('slider', { name: 'State' }).press('ArrowLeft');
      await expect.poll(() => film('step')).toBe(String(step));
    }
    expect(await film('right')).toBe(String(await rightAtFirst()));
    expect(Number(await film('right'))).toBeLessThan(4);
    expect(await picture(page)).not.toBe(last);
    await page.keyboard.press('n');
    await expect.poll(() => film('step')).toBe(String(kept[1]));
    expect(complaints).toEqual([]);
  }));

/** How many rows of XOR the network answers rightly before it has learned anything. */
async function rightAtFirst(): Promise<number> {
  const { model: layers, seed } = findPreset('mlp-xor');
  const model = compileModel(layers);
  const { train: samples } = splitForRun(tableDataSet('xor'), { source: 'table', table: 'xor' }, seed);
  const executor = await wasmStrictEngine.compile(model, { microbatch: 4, inputGradient: false });
  executor.parameters.set(initialParameters(model, seed));
  executor.parametersChanged();
  executor.inputs.set(samples.inputs.values);
  executor.evaluate(4);
  return Array.from(samples.targets.values).filter(
    (label, i) => (executor.outputs[i] ?? 0) >= 0 === (label === 1),
  ).length;
}

it('counts what the state that is chosen takes for what: near chance at first, as the model at last', ({
  skip,
}) =>
  onPage(skip, async ({ page, complaints }, link, browser) => {
    await post(link, '/api/local', { action: 'add' });
    const { runId, result } = await train(link, DIGITS);
    await openReplay(page, runId);
    await page.locator('.replay').getByRole('button', { name: 'Read the test set now' }).click();
    const counted = (name: string) => told(page, '.replay-confusion', name);
    await expect.poll(() => counted('counted'), { timeout: RUN_MS }).toBe(String(result?.steps));
    expect(Number(await counted('accuracy'))).toBeCloseTo(result?.testAccuracy ?? Number.NaN, 9);
    const inTable = async (): Promise<number> =>
      (await page.locator('.replay table.confusion tbody td').allInnerTexts()).reduce(
        (sum, text) => sum + Number(text),
        0,
      );
    expect(await inTable()).toBe(TEST_SAMPLES);

    await page.locator('.replay').getByRole('slider', { name: 'State' }).fill('0');
    await expect.poll(() => counted('counted'), { timeout: RUN_MS }).toBe('0');
    expect(Number(await counted('accuracy'))).toBeLessThan(0.25);
    expect(await inTable()).toBe(TEST_SAMPLES);

    // With other data there the samples are not at hand, which is said.
    await train(link, { preset: 'perceptron-and' });
    const { page: later } = await openTab(browser, link.href);
    await openReplay(later, runId);
    await later.getByText('This needs the test part of the run’s data.').waitFor();
    expect(
      await later.locator('.replay').getByRole('button', { name: 'Read the test set now' }).count(),
    ).toBe(0);
    expect(complaints).toEqual([]);
  }));

it.for([
  { locale: 'en', theme: 'light', width: 1440 },
  { locale: 'zh-CN', theme: 'dark', width: 360 },
] satisfies TabOptions[])('is free of barriers ($locale, $theme, $width pixels)', (options, { skip }) =>
  onPage(skip, async (_tab, link, browser) => {
    await post(link, '/api/local', { action: 'add' });
    const { runId } = await train(link, DIGITS);
    const { page, complaints } = await openTab(browser, link.href, { ...options, height: 740 });
    await openReplay(page, runId);
    await page.locator('.replay-confusion button').first().click();
    await page.locator('.replay table.confusion').waitFor({ timeout: RUN_MS });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(complaints).toEqual([]);
  }),
);
