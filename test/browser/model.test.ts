/** The model from inside, in Chromium, with models that have really been trained: what a lecture would do with it. */
import { AxeBuilder } from '@axe-core/playwright';
import {
  compileModel,
  droppedNeurons,
  evaluateSplit,
  type Samples,
  SampleWriter,
  wasmStrictEngine,
} from '@shoal/core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPage, ModelServer } from './modelHarness/modelServer.ts';
import {
  drawStrokes,
  openTab,
  STROKES,
  startChromium,
  type Tab,
  type TabOptions,
} from './modelHarness/tab.ts';
import { type Trained, trainDigits, trainTable } from './modelHarness/trained.ts';

const TEST_DIGITS = 1000;
const GRID_POINTS = 33 * 33;

/** Leaves in `longestFrame` the longest time between two frames, in milliseconds, from `watchedSince` on. */
const WATCH_FRAMES = `
  var longestFrame = 0;
  var watchedSince = performance.now();
  let last = watchedSince;
  const look = (now) => {
    longestFrame = Math.max(longestFrame, now - last);
    last = now;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
`;

/**
 * Presses Cancel as soon as a first part of the surface is on the page, in the very turn that put it there: however fast
 * the rest is computed, the page cannot hear of it before.
 */
const CANCEL_WHEN_SEEN = `
  new MutationObserver((_changes, observer) => {
    const surface = document.querySelector('[data-known]');
    if (surface === null) return;
    observer.disconnect();
    const card = surface.closest('section');
    [...card.querySelectorAll('button')].find(({ textContent }) => textContent === 'Cancel').click();
  }).observe(document.body, { subtree: true, childList: true });
`;

let pageFiles: Awaited<ReturnType<typeof buildPage>>;
let browser: Browser | null = null;
let server: ModelServer;
let digits: Trained;
let tab: Tab;

beforeAll(async () => {
  browser = await startChromium();
  if (browser === null && process.env.CI === 'true') throw new Error('There is no Chromium on this machine.');
  pageFiles = await buildPage();
  digits = await trainDigits({ train: 10_000, test: TEST_DIGITS });
}, 600_000);

afterAll(async () => {
  await browser?.close();
  await pageFiles?.remove();
});

beforeEach(async ({ skip }) => {
  if (browser === null) return skip('There is no Chromium on this machine.');
  server = await ModelServer.start(pageFiles.folder);
});

afterEach(async () => {
  await tab?.close();
  await server?.close();
});

/** A tab that shows the run, with its parameters there. */
async function show(shown: Trained, options: TabOptions = {}): Promise<Page> {
  if (browser === null) throw new Error('There is no Chromium on this machine.');
  server.begin('run-1', shown.run, shown.state);
  tab = await openTab(browser, server.url, options);
  await tab.page.waitForSelector('[data-step]');
  return tab.page;
}

const numberOf = async (page: Page, selector: string, attribute: string): Promise<number> =>
  Number(await page.locator(selector).first().getAttribute(attribute));

/** The pixels of a canvas as text, to be compared. */
const picture = (page: Page, selector: string): Promise<string> =>
  page
    .locator(selector)
    .first()
    .evaluate((canvas) => (canvas as unknown as { toDataURL(): string }).toDataURL());

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).include('.model').analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`),
  ).toEqual([]);
}

/** What the engine says in this process about the same set. */
async function evaluateHere({ run, state }: Trained, samples: Samples) {
  const model = compileModel(run.spec.model);
  const executor = await wasmStrictEngine.compile(model, { microbatch: 64, inputGradient: false });
  executor.parameters.set(state.parameters);
  executor.parametersChanged();
  return evaluateSplit(
    executor,
    new SampleWriter({ shape: model.inputShape, augment: null, seed: 0 }),
    samples,
  );
}

describe('a digit', () => {
  it('drawn with the mouse is read, and shown layer by layer', async () => {
    const page = await show(digits);
    for (const digit of [3, 7, 1] as const) {
      await drawStrokes(page, STROKES[digit]);
      await page.waitForSelector(`[data-said="${digit}"]`);
      const parts = await page
        .locator('.bars [data-part]')
        .evaluateAll((bars) => bars.map((bar) => Number(bar.getAttribute('data-part'))));
      expect(parts).toHaveLength(10);
      expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 2);
      expect(parts.indexOf(Math.max(...parts))).toBe(digit);
      const names = await page
        .locator('.activations figure')
        .evaluateAll((layers) => layers.map((layer) => layer.getAttribute('data-layer')));
      const layers = compileModel(digits.run.spec.model).layers.filter(({ type }) => type !== 'flatten');
      expect(names).toEqual(layers.map(({ name }) => name));
      expect(await numberOf(page, '[data-layer="relu2"]', 'data-lit')).toBeGreaterThan(100);
      await page.getByRole('button', { name: 'Clear' }).click();
      await page.waitForSelector('[data-said]', { state: 'detached' });
    }
    expect(tab.complaints).toEqual([]);
  });

  it('of the test set is chosen with the keyboard alone', async () => {
    const page = await show(digits);
    await page.getByLabel('Test digit no.').focus();
    await page.keyboard.type('17');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-said]');
    const label = digits.run.data.test.targets.values[17];
    const said = await numberOf(page, '[data-said]', 'data-said');
    const words = await page.locator('.said').innerText();
    expect(words).toContain(said === label ? 'which is right' : `but it is a ${label}`);
    expect(tab.complaints).toEqual([]);
  });

  it('is read anew by newer parameters, whose first layer is drawn anew', async () => {
    const untrained = { ...digits.state, parameters: digits.state.parameters.map(() => 0), step: 0 };
    const page = await show({ run: digits.run, state: untrained });
    await drawStrokes(page, STROKES[3]);
    await page.waitForSelector('[data-said]');
    const before = await picture(page, '.weights canvas');
    server.show(digits.state);
    await page.waitForSelector(`[data-step="${digits.state.step}"]`);
    await page.waitForSelector('[data-said="3"]');
    const weights = await picture(page, '.weights canvas');
    expect(weights).not.toBe(before);
    await page.getByLabel('What training has changed').check();
    await expect.poll(() => picture(page, '.weights canvas')).not.toBe(weights);
  });

  it('is shown with the neurons out that a worker would leave out', async () => {
    const page = await show(digits);
    await drawStrokes(page, STROKES[3]);
    await page.getByLabel('As in training: show who is out').check();
    const text = page.getByText(/Mask of training sample \d+ in epoch \d+/);
    for (let turn = 0; turn < 3; turn += 1) {
      const [sample = 0, epoch = 0] = ((await text.innerText()).match(/\d+/g) ?? []).map(Number);
      const layer = compileModel(digits.run.spec.model).layers.find(({ type }) => type === 'dropout');
      if (layer?.type !== 'dropout') throw new Error('The model has a dropout layer.');
      const address = { seed: digits.run.spec.seed, epoch: epoch - 1 };
      const out = droppedNeurons(layer, address, sample).reduce((sum, one) => sum + one, 0);
      await page.waitForSelector(`[data-layer="${layer.name}"][data-out="${out}"]`);
      await page.getByRole('button', { name: 'Next sample' }).click();
      await expect.poll(() => text.innerText()).not.toContain(`sample ${sample} `);
    }
    expect(tab.complaints).toEqual([]);
  });
});

describe('the test set', () => {
  it('is read after an epoch: the matrix sums to it and has the accuracy that the engine has here', async () => {
    const page = await show(digits);
    await page.locator('.confusion').waitFor();
    const cells = await page
      .locator('.confusion tbody tr')
      .evaluateAll((rows) =>
        rows.map((row) => [...row.querySelectorAll('td')].map((cell) => Number(cell.textContent))),
      );
    const { data } = digits.run;
    expect(cells.flat().reduce((sum, count) => sum + count, 0)).toBe(TEST_DIGITS);
    cells.forEach((row, label) => {
      const own = data.test.targets.values.filter((one) => one === label).length;
      expect(row.reduce((sum, count) => sum + count, 0)).toBe(own);
    });
    const right = cells.reduce((sum, row, k) => sum + (row[k] ?? 0), 0);
    expect(right / TEST_DIGITS).toBe((await evaluateHere(digits, data.test))?.accuracy);
    expect(right / TEST_DIGITS).toBeGreaterThan(0.9);
  });

  it('shows the most wrong digits, and each can be put before the network', async () => {
    const page = await show(digits);
    const worst = page.locator('.digit-button');
    await worst.first().waitFor();
    const [, index = ''] =
      /Test sample (\d+) is /.exec((await worst.first().getAttribute('aria-label')) ?? '') ?? [];
    await worst.first().click();
    const label = digits.run.data.test.targets.values[Number(index)];
    await page.getByText(`but it is a ${label}`).waitFor();
    expect(tab.complaints).toEqual([]);
  });
});

describe('a gradient', () => {
  it('of a weight agrees with the difference quotient', async () => {
    const page = await show(digits);
    const card = page.getByRole('region', { name: 'Check a gradient' });
    for (let turn = 0; turn < 3; turn += 1) {
      await card.getByRole('button', { name: 'Take a weight that matters' }).click();
      await card.locator('[data-relative]').waitFor();
      await card.locator('.task').waitFor({ state: 'detached' });
      expect(await numberOf(page, '[data-relative]', 'data-relative')).toBeLessThan(1e-3);
    }
    await card.getByLabel('Tensor').selectOption('dense8.weight');
    await card.getByLabel('Element').fill('123');
    await page.keyboard.press('Enter');
    await card.locator('[data-agrees="true"]').waitFor();
    expect(tab.complaints).toEqual([]);
  });
});

describe('the loss surface', () => {
  it('is drawn while the page stays awake, as a relief and as a map', async () => {
    const page = await show(digits);
    const card = page.getByRole('region', { name: 'A slice through the loss surface' });
    await page.evaluate(WATCH_FRAMES);
    await card.getByRole('button', { name: 'Draw the surface' }).click();
    await card.locator(`[data-known="${GRID_POINTS}"]`).waitFor({ timeout: 120_000 });
    const [longest = 0, all = 0] = await page.evaluate<number[]>(
      '[longestFrame, performance.now() - watchedSince]',
    );
    // On a machine that does other things as well all of it takes as much longer as its frames.
    expect(longest).toBeLessThan(Math.max(1000, all / 4));
    const relief = await picture(page, '.landscape canvas');
    await card.getByLabel('Map').check();
    await expect.poll(() => picture(page, '.landscape canvas')).not.toBe(relief);
    expect(tab.complaints).toEqual([]);
  });

  it('can be called off and begun again', async () => {
    const page = await show(digits);
    const card = page.getByRole('region', { name: 'A slice through the loss surface' });
    await page.evaluate(CANCEL_WHEN_SEEN);
    await card.getByRole('button', { name: 'Draw the surface' }).click();
    await card.locator('[data-known]').waitFor();
    await card.getByRole('progressbar').waitFor({ state: 'detached' });
    // What was drawn until then stays, and no more comes.
    expect(await numberOf(page, '[data-known]', 'data-known')).toBeLessThan(GRID_POINTS);
    await card.getByRole('button', { name: 'Draw the surface' }).click();
    await card.locator(`[data-known="${GRID_POINTS}"]`).waitFor({ timeout: 120_000 });
    expect(tab.complaints).toEqual([]);
  });
});

describe('the decision boundary', () => {
  it('of XOR moves as the network learns, until all four points lie on the right side', async () => {
    const page = await show(await trainTable('mlp-xor', 1));
    await page.waitForSelector('[data-right]');
    expect(await numberOf(page, '[data-right]', 'data-right')).toBeLessThan(4);
    const before = await picture(page, '.plane canvas');
    const learned = await trainTable('mlp-xor', 300);
    server.show(learned.state);
    await page.waitForSelector('[data-right="4"]');
    expect(await picture(page, '.plane canvas')).not.toBe(before);
    expect(tab.complaints).toEqual([]);
  });

  it('of one neuron never separates XOR, and separates AND and NOT', async () => {
    const page = await show(await trainTable('perceptron-xor', 30));
    await page.waitForSelector('[data-right]');
    expect(await numberOf(page, '[data-right]', 'data-right')).toBeLessThan(4);
    for (const [run, preset, rows] of [
      ['run-2', 'perceptron-and', 4],
      ['run-3', 'perceptron-not', 2],
    ] as const) {
      const learned = await trainTable(preset, 100);
      server.begin(run, learned.run, learned.state);
      await page.waitForSelector(`[data-right="${rows}"]`);
    }
    expect(tab.complaints).toEqual([]);
  });
});

describe('the panel', () => {
  for (const options of [
    { theme: 'light', locale: 'en' },
    { theme: 'dark', locale: 'zh-CN' },
    { theme: 'light', locale: 'zh-CN', width: 360, height: 740 },
  ] as const) {
    it(`is accessible in ${options.theme} and ${options.locale}, for digits and for a truth table`, async () => {
      const page = await show(digits, options);
      await drawStrokes(page, STROKES[3]);
      await page.locator('.confusion').waitFor();
      await page.locator('section:has(> #model-slope) button').first().click();
      await page.locator('[data-relative]').waitFor();
      await page.locator('section:has(> #model-surface) button').first().click();
      await page.locator('.surface').waitFor();
      await expectAccessible(page);
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      expect(wide).toBeLessThanOrEqual(0);
      const xor = await trainTable('mlp-xor', 300);
      server.begin('run-2', xor.run, xor.state);
      await page.waitForSelector('[data-right="4"]');
      await expectAccessible(page);
      expect(tab.complaints).toEqual([]);
    });
  }

  it('says so where there is no run', async () => {
    if (browser === null) throw new Error('There is no Chromium on this machine.');
    tab = await openTab(browser, server.url);
    await tab.page.getByText('There is no run yet.').waitFor();
    await expectAccessible(tab.page);
    expect(tab.complaints).toEqual([]);
  });
});
