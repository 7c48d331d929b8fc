/** The lecture in Chromium: that each scene shows what it is there to show, by pointer, by keyboard and in both languages. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import {
  findPreset,
  SCENE_SENTENCES,
  splitForRun,
  tableDataSet,
  trainAlone,
  wasmStrictEngine,
} from '@shoal/core';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SceneName, scenes } from '../../packages/dashboard/src/lecture/sceneNames.ts';
import { FeedData } from './feedData.ts';
import { FeedServer, OPERATOR_TOKEN, VIEWER_TOKEN } from './feedServer.ts';
import { MUST_SHOW, over } from './lectureScenes.ts';
import { chromiumOfThisFile, openTab, type Tab, type TabOptions } from './modelHarness/tab.ts';
import { OwnProcess, withFolder } from './ownProcess.ts';

const SHOAL = fileURLToPath(new URL('../../packages/coordinator/bin/shoal.js', import.meta.url));

const chromium = chromiumOfThisFile();
const tabs: Tab[] = [];
let server: FeedServer;
let url = '';

beforeEach(async ({ skip }) => {
  if (chromium() === null) return skip('Chromium is not installed here.');
  server = new FeedServer(new FeedData());
  url = `${await server.listen()}lecture`;
});

afterEach(async () => {
  const opened = tabs.splice(0);
  for (const tab of opened) await tab.close();
  await server?.close();
  for (const { complaints } of opened) {
    // Without a token there is no feed, and no coordinator to ask; one that refuses says so in the console as well.
    expect(complaints.filter((text) => !/401|409/.test(text))).toEqual([]);
  }
});

async function open(fragment: string, options: TabOptions = {}): Promise<Page> {
  const browser = chromium();
  if (browser === null) throw new Error('There is no browser.');
  const tab = await openTab(browser, `${url}#${fragment}`, options);
  tabs.push(tab);
  return tab.page;
}

/** Without motion, runs and ways are shown at their ends. */
async function openStill(scene: SceneName, options: TabOptions = {}): Promise<Page> {
  const page = await open(scene, options);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.reload();
  await page.locator(`[data-scene="${scene}"]`).waitFor();
  return page;
}

describe('each scene shows what it is there to show', () => {
  it.each(scenes.map(({ id }) => id))('%s', async (scene) => {
    const page = await openStill(scene);
    await page.locator('.picture').waitFor();
    await MUST_SHOW[scene](page);
    await page.locator('math').first().waitFor();
  });
});

it('is turned by a remote, by arrows and by space, keeps its place in the address and says where it is', async () => {
  const page = await open('neuron');
  const at = (scene: SceneName) => page.locator(`[data-scene="${scene}"]`).waitFor();
  await at('neuron');
  for (const [key, scene] of [
    ['PageDown', 'activations'],
    ['ArrowRight', 'approximation'],
    [' ', 'perceptron'],
    ['ArrowLeft', 'approximation'],
    ['PageUp', 'activations'],
    ['PageUp', 'neuron'],
    ['PageUp', 'neuron'],
  ] as const) {
    await page.keyboard.press(key);
    await at(scene);
    await expect.poll(() => page.url()).toBe(`${url}#${scene}`);
  }
  await page.getByText('1 of 28').waitFor();
  await expect.poll(() => page.title()).toBe('The M-P neuron · Shoal');
  await page.reload();
  await at('neuron');
  // A slider keeps its arrows; a remote's keys turn the page even so.
  await page.getByRole('slider', { name: 'Weight ω₁' }).focus();
  await page.keyboard.press('ArrowRight');
  await at('neuron');
  await expect.poll(() => page.locator('output').first().innerText()).toBe('1.1');
  await page.keyboard.press('PageDown');
  await at('activations');
});

it('trains with the bits that a run has anywhere', async () => {
  const spec = findPreset('mlp-xor');
  const data = splitForRun(tableDataSet('xor'), { source: 'table', table: 'xor' }, spec.seed);
  const { parametersSha256 } = await trainAlone({ spec, data, engine: wasmStrictEngine });
  const page = await openStill('multilayer');
  await over(page);
  await page.getByText(parametersSha256.slice(0, 12)).waitFor();
});

it('leads those who watch to the scene that the lecturer shows, until they turn a page themselves', async () => {
  const lecturer = await open(OPERATOR_TOKEN);
  await lecturer.locator('[data-scene="neuron"]').waitFor();
  expect(lecturer.url()).not.toContain(OPERATOR_TOKEN);
  await lecturer.getByRole('img', { name: 'The code to join' }).waitFor();
  await lecturer.keyboard.press('PageDown');
  await expect
    .poll(() => server.asked.map(({ path, body }) => [path, body]))
    .toContainEqual(['/api/lecture', { scene: 'activations' }]);
  const student = await open(VIEWER_TOKEN, { width: 360, height: 740 });
  await student.locator('[data-scene="neuron"]').waitFor();
  await expect.poll(() => server.greetings.length).toBe(2);
  server.tell({ type: 'lecture', scene: 'momentum' });
  await student.locator('[data-scene="momentum"]').waitFor();
  await student.getByRole('button', { name: 'On →' }).click();
  server.tell({ type: 'lecture', scene: 'rates' });
  await student.locator('[data-scene="optimizers"]').waitFor();
  await student.getByRole('checkbox', { name: 'Go along with the lecturer' }).check();
  await student.locator('[data-scene="rates"]').waitFor();
});

it('opens any scene as an ordinary run, of which the class is told what the scene says', async () => {
  const page = await open(OPERATOR_TOKEN);
  const begun = () => server.asked.filter(({ path }) => path === '/api/runs').map(({ body }) => body);
  for (const { id } of scenes) {
    await page.goto(`${url}#${id}`);
    await page.locator(`[data-scene="${id}"]`).waitFor();
    const before = begun().length;
    await page.getByRole('button', { name: 'Train it with everybody' }).click();
    // Five at once in the comparison of optimizers.
    await expect.poll(() => begun().length, { message: id }).toBe(before + (id === 'optimizers' ? 5 : 1));
    await page.getByText(id === 'optimizers' ? '5 runs follow one another.' : 'It has begun.').waitFor();
    const about = await page.locator('.sentence').innerText();
    for (const body of begun().slice(before)) expect(body, id).toMatchObject({ spec: { about } });
  }
  expect(begun()[5]).toMatchObject({ spec: { name: 'mlp-xor', epochs: 300 } });
  expect(new Set(server.asked.map(({ path }) => path))).toEqual(new Set(['/api/lecture', '/api/runs']));
});

it('says what the coordinator has against a run, and where one waits', async () => {
  const page = await open(OPERATOR_TOKEN);
  await page.goto(`${url}#xor`);
  server.refusals.set('/api/runs', { status: 202, body: { runId: 'one', place: 3 } });
  await page.getByRole('button', { name: 'Train it with everybody' }).click();
  await page.getByText('It is number 3 in the queue and begins by itself.').waitFor();
  server.refusals.set('/api/runs', {
    status: 409,
    body: { error: 'As many wait as may.', code: 'queueFull' },
  });
  await page.getByRole('button', { name: 'Train it with everybody' }).click();
  await page.getByText('As many runs wait as may.').waitFor();
});

it('is held with one command, and shown on the phones of those who are invited', async ({ skip }) => {
  const browser = chromium();
  if (browser === null) return skip('Chromium is not installed here.');
  await withFolder('lecture', async (folder) => {
    const args = [
      'lecture',
      '--no-show',
      '--host',
      '127.0.0.1',
      '--out',
      join(folder, 'runs'),
      '--by',
      'Room 204',
      // So slow that the run of a scene lasts however slow the phone is.
      '--pace',
      '2',
    ];
    const coordinator = OwnProcess.start(process.execPath, [SHOAL, ...args]);
    try {
      const link = await coordinator.says(/The lecture: (\S+)/);
      const joining = await coordinator.says(/join\s+(\S+)/);
      const lecturer = await openTab(browser, link);
      tabs.push(lecturer);
      await lecturer.page.locator('[data-scene="neuron"]').waitFor();
      await lecturer.page.getByRole('checkbox', { name: 'Ranking with names on the phones' }).check();
      await lecturer.page.keyboard.press('PageDown');
      await lecturer.page.keyboard.press('j');
      await lecturer.page.getByRole('dialog').getByRole('img', { name: 'The code to join' }).waitFor();
      const phone = await openTab(browser, joining, { width: 360, height: 740 });
      tabs.push(phone);
      await phone.page.getByText('Room 204 invites you.').waitFor();
      await phone.page.getByText('Nothing is being trained yet').waitFor();
      const scene = phone.page.frameLocator('iframe');
      await scene.locator('[data-scene="activations"]').waitFor();
      await lecturer.page.getByRole('button', { name: 'Close' }).click();
      await lecturer.page.keyboard.press('PageDown');
      await scene.locator('[data-scene="approximation"]').waitFor();
      const width = await phone.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(width).toBe(0);
      // The scene is there whole, and scrolls with the page alone.
      const cutOff = () =>
        scene
          .locator('html')
          .evaluate((html) => html.scrollHeight - (html.ownerDocument.defaultView?.innerHeight ?? 0));
      await expect.poll(cutOff).toBe(0);
      // A run of a scene, by the whole room; the phone is told what it is before it joins.
      const { origin, hash } = new URL(link);
      await lecturer.page.goto(`${origin}/lecture#digits`);
      await lecturer.page.getByRole('button', { name: 'Train it with everybody' }).click();
      await lecturer.page.getByText('It has begun.').waitFor();
      // It stands still until the phone has joined.
      const headers = { authorization: `Bearer ${decodeURIComponent(hash.slice(1))}` };
      expect((await fetch(`${origin}/api/run/pause`, { method: 'POST', headers })).status).toBe(200);
      await phone.page.getByText('lecture-digits').waitFor();
      // In the language of each phone, whatever the lecturer's.
      await phone.page.getByText(SCENE_SENTENCES.digits.en).waitFor();
      const chinese = await openTab(browser, joining, { width: 360, height: 740, locale: 'zh-CN' });
      tabs.push(chinese);
      await chinese.page.getByText(SCENE_SENTENCES.digits.zh).first().waitFor();
      await phone.page.getByRole('textbox').fill('Ada');
      await phone.page.locator('button[type="submit"]').click();
      await phone.page.locator('.status.computing').waitFor();
      expect((await fetch(`${origin}/api/run/resume`, { method: 'POST', headers })).status).toBe(200);
      await phone.page.locator('.panel .ranking li', { hasText: 'Ada' }).waitFor();
      // A share of work is told before the first loss: the curve may come later.
      await phone.page.locator('figure.curve').waitFor();
      // The picture first, then the curve, and the figures behind both.
      const tops = await phone.page
        .locator('.lecture-now, .curve, .contribution')
        .evaluateAll((all) =>
          all.map((one) => [one.classList[one.classList.length - 1], one.getBoundingClientRect().top]),
        );
      expect(tops.map(([name]) => name)).toEqual(['lecture-now', 'curve', 'contribution']);
      expect(tops.map(([, top]) => Number(top))).toEqual(
        tops.map(([, top]) => Number(top)).sort((a, b) => a - b),
      );
      const opened = phone.page.context().waitForEvent('page');
      await phone.page.getByRole('link', { name: 'Try the model' }).click();
      const model = await opened;
      await model.getByRole('button', { name: 'Any test digit' }).click();
      await model.locator('[data-said]').waitFor();
    } finally {
      // A page that is still there would complain of a coordinator that no longer is.
      for (const tab of tabs) await tab.close();
      await coordinator.end({ asked: false });
    }
  });
});

const SIZES = [
  { width: 1366, height: 768 },
  { width: 1920, height: 1080 },
  { width: 360, height: 740 },
] as const;

describe.each([
  ['en', 'light'],
  ['zh-CN', 'dark'],
] as const)('in %s, %s', (locale, theme) => {
  it.each(SIZES)(
    'no scene overflows or breaks a rule of accessibility at $width × $height',
    async (size) => {
      const page = await openStill('neuron', { locale, theme, ...size });
      for (const { id } of scenes) {
        await page.goto(`${url}#${id}`);
        await page.locator(`[data-scene="${id}"] .picture`).waitFor();
        // A formula is fitted to its line a frame after it is drawn.
        const found = () =>
          page.evaluate(() => ({
            width: document.documentElement.scrollWidth - innerWidth,
            height: innerWidth > 900 ? document.documentElement.scrollHeight - innerHeight : 0,
            lang: document.documentElement.lang,
            // On a wide screen the picture stands beside it.
            isFormulaApart:
              innerWidth < 900 ||
              (document.querySelector('.picture')?.getBoundingClientRect().left ?? 0) -
                (document.querySelector('.formula math')?.getBoundingClientRect().right ?? 0) >
                3 * Number.parseFloat(getComputedStyle(document.documentElement).fontSize),
          }));
        await expect
          .poll(found, { message: id })
          .toEqual({ width: 0, height: 0, lang: locale, isFormulaApart: true });
        const { violations } = await new AxeBuilder({ page }).analyze();
        const told = violations.map(
          ({ id: rule, nodes }) => `${rule}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
        );
        expect(told, id).toEqual([]);
      }
    },
    1_200_000,
  );
});
