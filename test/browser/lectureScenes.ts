/** What each scene of the lecture must show, as a person brings it about. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { SceneName } from '../../packages/dashboard/src/lecture/sceneNames.ts';

/** Runs are trained in the page, on however few cores. */
const TRAINED_MS = 120_000;

const shown = async (page: Page, name: string): Promise<string> =>
  (await page.locator('.picture').getAttribute(`data-${name}`)) ?? '';

const numbers = async (page: Page, name: string): Promise<number[]> =>
  (await shown(page, name))
    .split(' ')
    .filter((text) => text !== '')
    .map(Number);

/** Once it holds; what the scene shows is part of what is said when it never does. */
const until = (page: Page, name: string, holds: (values: number[]) => boolean): Promise<void> =>
  expect
    .poll(async () => ((values) => (holds(values) ? 'holds' : values.join(' ')))(await numbers(page, name)), {
      timeout: TRAINED_MS,
    })
    .toBe('holds');

/** Trained to its end, and shown to it: the picture goes after the training. */
export const over = async (page: Page): Promise<void> => {
  await page.locator('.play[data-over="true"]').waitFor({ timeout: TRAINED_MS });
  const place = (name: string) => page.locator('.play').getAttribute(`data-${name}`);
  await expect
    .poll(async () => (await place('at')) === (await place('end')), { timeout: TRAINED_MS })
    .toBe(true);
};

const press = (page: Page, name: string | RegExp): Promise<void> =>
  page.getByRole('button', { name }).click();
const choose = (page: Page, name: string): Promise<void> =>
  page.getByRole('radio', { name, exact: true }).check();
const slide = (page: Page, name: string, value: number): Promise<void> =>
  page.getByRole('slider', { name, exact: true }).fill(String(value));

/** What each scene must show. One without an entry does not compile. */
export const MUST_SHOW: Readonly<Record<SceneName, (page: Page) => Promise<void>>> = {
  neuron: async (page) => {
    const tables = { AND: '0001', OR: '0111', NOT: '1100' };
    for (const [gate, answers] of Object.entries(tables)) {
      await choose(page, gate);
      await expect.poll(() => shown(page, 'answers')).toBe(answers);
      expect(await shown(page, 'right')).toBe('4');
    }
    // The slide's NOT and AND, and their weights where they can be seen and moved.
    const weights = () => page.locator('output').allInnerTexts();
    expect(await weights()).toEqual(['−0.6', '0', '−0.5']);
    await choose(page, 'as learned');
    await expect.poll(() => shown(page, 'answers')).toBe('1100');
    await choose(page, 'as on the slide');
    await choose(page, 'AND');
    expect(await weights()).toEqual(['1', '1', '2']);
    // What is 1 is lit: both inputs and the answer, then one input alone.
    expect(await page.locator('svg.neuron g.lit').count()).toBe(3);
    await page.getByRole('checkbox', { name: 'Input x₂' }).uncheck();
    expect(await page.locator('svg.neuron g.lit').count()).toBe(1);
    expect(await shown(page, 'answer')).toBe('0');
    await slide(page, 'Threshold θ', 1);
    expect(await shown(page, 'answers')).toBe('0111');
    expect(await shown(page, 'right')).toBe('2');
  },
  activations: async (page) => {
    expect(Number(await shown(page, 'steepest'))).toBeCloseTo(0.25, 3);
    // At z = −2: f, then f′.
    const wanted = {
      step: [0, 0],
      sigmoid: [0.1192, 0.105],
      tanh: [-0.964, 0.0707],
      ReLU: [0, 0],
      'leaky ReLU': [-0.02, 0.01],
      PReLU: [-0.5, 0.25],
      GELU: [-0.0455, -0.0852],
    };
    await slide(page, 'z', -2);
    for (const [name, [value = 0, slope = 0]] of Object.entries(wanted)) {
      await choose(page, name);
      expect(Number(await shown(page, 'value')), name).toBeCloseTo(value, 3);
      expect(Number(await shown(page, 'slope')), name).toBeCloseTo(slope, 3);
    }
  },
  approximation: async (page) => {
    const few = Number(await shown(page, 'error'));
    await slide(page, 'How many', 32);
    const many = Number(await shown(page, 'error'));
    expect(many).toBeLessThan(few / 10);
    await choose(page, 'sigmoid');
    expect(Number(await shown(page, 'error'))).toBeLessThan(few);
    await choose(page, 'ReLU');
    await page
      .locator('.plot svg')
      .first()
      .click({ position: { x: 300, y: 60 } });
    await page.getByRole('radio', { name: 'drawn', checked: true }).waitFor();
    // Another curve, and as near to it.
    const drawn = Number(await shown(page, 'error'));
    expect(drawn).not.toBe(many);
    expect(drawn).toBeLessThan(0.05);
  },
  perceptron: async (page) => {
    await over(page);
    await until(page, 'right', ([right]) => right === 4);
    await press(page, /From the beginning/);
    await press(page, /Pause|Play/);
    await page.getByRole('slider', { name: 'Step' }).fill('0');
    // A sample for a key: what is said of it, and the line moves where it was answered wrongly and nowhere else.
    const line = () =>
      page.locator('.picture canvas').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    let before = await line();
    let moved = 0;
    for (let sample = 1; sample <= 8; sample += 1) {
      await page.keyboard.press('n');
      await until(page, 'step', ([at]) => at === sample);
      const said = await page.getByText(/pass \d · Sample \(.*\), wanted/).innerText();
      const after = await line();
      if (/nothing moves/.test(said)) expect(after, said).toBe(before);
      else moved += 1;
      before = after;
    }
    expect(moved).toBeGreaterThan(1);
    expect(moved).toBeLessThan(8);
  },
  xor: async (page) => {
    await over(page);
    for (const step of [40, 43, 71, 100]) {
      await page.getByRole('slider', { name: 'Step' }).fill(String(step));
      await until(page, 'step', ([at]) => at === step);
      expect(Number(await shown(page, 'right'))).toBeLessThan(4);
    }
    await page.getByText(/points on the wrong side/).waitFor();
  },
  multilayer: async (page) => {
    await over(page);
    await until(page, 'right', ([right]) => right === 4);
    // Every weight is a line, and every neuron has a light that follows the input.
    const diagram = page.locator('.picture svg.diagram');
    await expect.poll(() => diagram.locator('path').count()).toBe(2 * 8 + 8);
    const lights = () =>
      diagram.locator('circle').evaluateAll((all) => all.map((one) => one.getAttribute('fill')));
    const before = await lights();
    expect(before).toHaveLength(2 + 8 + 1);
    await choose(page, '(0, 0)');
    await expect.poll(lights).not.toEqual(before);
  },
  functions: async (page) => {
    // With it the kernels are there that the plane is drawn by as well.
    await page.locator('.picture svg.diagram').waitFor();
    const before = await page
      .locator('canvas')
      .first()
      .evaluate((one) => (one as HTMLCanvasElement).toDataURL());
    await page.keyboard.press('n');
    await until(page, 'function', ([number]) => number === 2);
    const after = () =>
      page
        .locator('canvas')
        .first()
        .evaluate((one) => (one as HTMLCanvasElement).toDataURL());
    await expect.poll(after).not.toBe(before);
  },
  digits: async (page) => {
    await over(page);
    await until(page, 'accuracy', ([accuracy]) => accuracy !== undefined && accuracy > 0.88);
    let right = 0;
    for (let i = 0; i < 10; i += 1) {
      await page.keyboard.press('t');
      await expect.poll(() => shown(page, 'said')).not.toBe('');
      await page.waitForTimeout(50);
      if ((await shown(page, 'said')) === (await shown(page, 'truth'))) right += 1;
    }
    expect(right).toBeGreaterThan(6);
    // The hidden neurons are lit otherwise by another digit.
    const hidden = () =>
      page.locator('.digit-hidden canvas').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    const before = await hidden();
    await page.keyboard.press('t');
    await expect.poll(hidden).not.toBe(before);
  },
  softmax: async (page) => {
    const parts = await numbers(page, 'parts');
    expect(parts.map((part) => Number(part.toFixed(2)))).toEqual([0.88, 0.12, 0]);
    await slide(page, 'Score z₃', 4);
    const moved = await numbers(page, 'parts');
    expect(moved.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 12);
    expect(moved.indexOf(Math.max(...moved))).toBe(2);
  },
  'training-data': async (page) => {
    expect(new Set(await shown(page, 'labels')).size).toBe(10);
    await choose(page, '7');
    expect(await shown(page, 'labels')).toMatch(/^7{40}$/);
  },
  'total-loss': async (page) => {
    await over(page);
    await until(page, 'whole', ([whole]) => whole !== undefined && whole < 20);
    const end = Number(await shown(page, 'whole'));
    expect(Number(await shown(page, 'sum'))).toBeCloseTo(end, 6);
    await page.getByRole('slider', { name: 'Step' }).fill('0');
    await until(page, 'whole', ([whole]) => whole !== undefined && whole > 2 * end);
    expect(Number(await shown(page, 'sum'))).toBeCloseTo(Number(await shown(page, 'whole')), 6);
    expect(await page.locator('.losses li').count()).toBe(20);
    expect(await page.locator('.losses li.bad').count()).toBeGreaterThan(10);
  },
  descent: async (page) => {
    const ends = new Set<string>();
    const canvas = page.locator('canvas');
    const { width, height } = (await canvas.boundingBox()) ?? { width: 0, height: 0 };
    for (const [x, y] of [
      [0.1, 0.2],
      [0.9, 0.2],
      [0.6, 0.9],
    ] as const) {
      await canvas.click({ position: { x: x * width, y: y * height } });
      await page.waitForTimeout(100);
      ends.add((await numbers(page, 'losses')).map((loss) => loss.toFixed(1)).join(' '));
    }
    expect(ends.size).toBe(3);
    await choose(page, 'all five side by side');
    await until(page, 'losses', (losses) => losses.length === 5);
  },
  backpropagation: async (page) => {
    // Nothing is compared before the kernels are there.
    await until(page, 'relative', ([relative]) => relative !== undefined && relative > 0.05);
    for (let weight = 0; weight < 3; weight += 1) {
      await slide(page, 'Δw', -3);
      await until(page, 'relative', ([relative]) => relative !== undefined && relative < 0.01);
      await page.keyboard.press('n');
    }
  },
  vanishing: async (page) => {
    await over(page);
    await until(page, 'epoch', ([epoch]) => epoch === 8);
    const [sigmoid = 1, relu = 0] = await numbers(page, 'ratios');
    expect(sigmoid).toBeLessThan(0.01);
    expect(relu).toBeGreaterThan(0.1);
    // From the output layer to the first, beside each other.
    expect(await page.locator('.layer-bars').count()).toBe(2);
    expect(await page.locator('.layer-bars > div').count()).toBe(2 * 9);
  },
  rectifiers: async (page) => {
    await over(page);
    await until(
      page,
      'alphas',
      (alphas) => alphas.length === 8 && alphas.every((one) => Math.abs(one - 0.25) > 0.01),
    );
  },
  'cross-entropy': async (page) => {
    expect(Number(await shown(page, 'ratio'))).toBeGreaterThan(100);
    const [crossEntropy = 1, squareError = 0] = await numbers(page, 'ends');
    expect(crossEntropy).toBeLessThan(0.3);
    expect(squareError).toBeGreaterThan(0.8);
  },
  rates: async (page) => {
    const [start = 0] = await numbers(page, 'start');
    const [small = 0, right = 1, large = 0, falling = 1] = await numbers(page, 'losses');
    expect(small).toBeGreaterThan(start / 10);
    expect(large).toBeGreaterThan(100 * start);
    expect(right).toBeLessThan(start / 1000);
    expect(falling).toBeLessThan(start / 50);
  },
  adaptive: async (page) => {
    const [sgd = 0, adagrad = 1] = await numbers(page, 'losses');
    expect(adagrad).toBeLessThan(sgd);
    // Plain descent goes by the slopes, which differ along the two weights; Adagrad as far along each.
    const [across = 0, along = 0, one = 0, other = 1] = await numbers(page, 'first-steps');
    expect(Math.max(across / along, along / across)).toBeGreaterThan(2);
    expect(one / other).toBeCloseTo(1, 3);
  },
  momentum: async (page) => {
    const [ball = 0] = await numbers(page, 'ball');
    const [plain = 9] = await numbers(page, 'plain');
    expect(ball).toBeGreaterThan(1.5);
    expect(plain).toBeLessThan(0);
    await slide(page, 'Kept of the speed, λ', 0);
    await until(page, 'ball', ([stuck]) => stuck !== undefined && stuck < 0);
  },
  optimizers: async (page) => {
    await over(page);
    await until(page, 'lines', (lines) => lines.length === 5 && lines.every((points) => points > 3));
    const looks = await page
      .locator('.legend-large > span')
      .evaluateAll((all) =>
        all.map((one) => [
          getComputedStyle(one).color,
          one.querySelector('path')?.getAttribute('stroke-dasharray'),
        ]),
      );
    expect(new Set(looks.map(([colour]) => colour)).size).toBe(5);
    expect(new Set(looks.map(([, dash]) => dash)).size).toBe(5);
  },
  slice: async (page) => {
    await page.locator('.picture[data-known="true"]').waitFor({ timeout: TRAINED_MS });
    await until(page, 'ways', (ways) => ways.length === 5 && ways.every((spots) => spots > 50));
    const begins = await numbers(page, 'begins');
    await until(page, 'losses', (losses) => losses.every((loss, i) => loss < 0.5 * (begins[i] ?? 0)));
  },
  dropout: async (page) => {
    const first = await shown(page, 'mask');
    await page.keyboard.press('n');
    await expect.poll(() => shown(page, 'mask')).not.toBe(first);
    for (let i = 0; i < 4; i += 1) await page.keyboard.press('h');
    await until(page, 'count', ([count]) => count === 402);
    const [mean = 0] = await numbers(page, 'mean');
    const [tested = 9] = await numbers(page, 'tested');
    expect(Math.abs(mean - tested)).toBeLessThan(0.1);
    await choose(page, 'trained on MNIST');
    const [without = 0, withDropout = 1] = await numbers(page, 'last');
    expect(withDropout).toBeLessThan(without);
  },
  decay: async (page) => {
    await over(page);
    await until(page, 'at', ([at]) => at === 400);
    const [plain = 0, decayed = 1] = await numbers(page, 'sizes');
    expect(decayed).toBeLessThan(0.9 * plain);
  },
  overfitting: async (page) => {
    await over(page);
    await until(page, 'epoch', ([epoch]) => epoch === 60);
    const held = await numbers(page, 'held');
    expect(held.at(-1) ?? 0).toBeGreaterThan(1.1 * Math.min(...held));
    expect(Number(await shown(page, 'gap'))).toBeGreaterThan(0.8);
    expect(await page.locator('path.gap').count()).toBe(1);
  },
  'early-stopping': async (page) => {
    await until(page, 'stopped', ([stopped]) => stopped !== undefined);
    const [stopped = 0, best = 0] = [...(await numbers(page, 'stopped')), ...(await numbers(page, 'best'))];
    expect(stopped).toBe(best + 3);
    await expect.poll(() => numbers(page, 'delivered')).toEqual([best]);
    await choose(page, '6');
    await until(page, 'stopped', ([later]) => later !== undefined && later > stopped);
  },
  'more-data': async (page) => {
    await until(page, 'accuracies', (all) => all.length === 3);
    const [few = 1, more = 0, most = 0] = await numbers(page, 'accuracies');
    expect(more).toBeGreaterThan(few + 0.02);
    expect(most).toBeGreaterThan(more);
    await choose(page, 'trained on MNIST');
    expect(await shown(page, 'names')).toBe('1,000 samples; 5,000 samples; 55,000 samples');
    const [thousand = 1, five = 0, all = 0] = await numbers(page, 'accuracies');
    expect(five).toBeGreaterThan(thousand + 0.02);
    expect(all).toBeGreaterThan(five + 0.01);
  },
  pretraining: async (page) => {
    await page.locator('.picture[data-over="true"]').waitFor({ timeout: TRAINED_MS });
    await until(page, 'accuracies', ([atOnce = 1, byLayers = 0]) => atOnce < 0.2 && byLayers > 0.75);
  },
  residual: async (page) => {
    await over(page);
    await until(
      page,
      'accuracies',
      ([plain = 1, residual = 0]) => residual > 0.75 && residual > plain + 0.15,
    );
  },
};
