/** A model in a web page: the exported one, opened from the disk, and the lines of the page on models in one of somebody's own. */
import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import {
  compileModel,
  type DataSetInfo,
  exportModel,
  initialParameters,
  loadPredictor,
  type ModelSpec,
} from '@shoal/core';
import { encode } from 'fast-png';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../support/installed.ts';
import { SHOAL } from '../support/shoalProcess.ts';
import { chromiumOfThisFile, closeTabs, openTab } from './modelHarness/tab.ts';

const run = promisify(execFile);
const chromium = chromiumOfThisFile();

const TABLE: DataSetInfo = {
  ...{ name: 'houses', source: 'tabular', shape: [3], classes: 0, sha256: '' },
  preparation: {
    label: 'rent',
    columns: [
      { type: 'number', name: 'area', mean: 100, deviation: 20 },
      { type: 'category', name: 'city', categories: ['Amberg', 'Celle'] },
    ],
  },
  target: { name: 'rent', mean: 700, deviation: 90 },
};
const TABLE_MODEL: ModelSpec = { input: [3], layers: [{ type: 'dense', units: 1 }], loss: 'squared_error' };
const PICTURES: DataSetInfo = {
  ...{ name: 'flowers', source: 'pictures', shape: [3, 8, 8], classes: 3, sha256: '' },
  classNames: ['lily', 'rose', 'tulip'],
};
const PICTURE_MODEL: ModelSpec = {
  input: [3, 8, 8],
  layers: [
    { type: 'conv2d', filters: 4, kernel: 3 },
    { type: 'relu' },
    { type: 'flatten' },
    { type: 'dense', units: 3 },
  ],
  loss: 'cross_entropy',
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-page-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(({ skip }) => {
  if (chromium() === null) skip();
});

/** Writes the web folder of a model by the command. */
async function exported(name: string, spec: ModelSpec, dataSet: DataSetInfo): Promise<string> {
  const model = compileModel(spec);
  const file = join(folder, `${name}.safetensors`);
  await writeFile(
    file,
    exportModel(model, initialParameters(model, 5), { dataSet: JSON.stringify(dataSet) }),
  );
  const page = join(folder, name);
  await run(process.execPath, [SHOAL, 'export', file, page, '--format', 'web']);
  return page;
}

const picture = (): Uint8Array =>
  encode({
    width: 8,
    height: 8,
    channels: 3,
    data: Uint8Array.from({ length: 192 }, (_, i) => (i * 53) % 256),
  });

/** What the model says of that picture, from its planes. */
async function wantedOf(page: string) {
  const predictor = await loadPredictor(await readFile(join(page, 'model.safetensors')));
  const planes = Uint8Array.from({ length: 192 }, (_, i) => (((i % 64) * 3 + Math.floor(i / 64)) * 53) % 256);
  const [prediction] = predictor.predict(planes);
  if (prediction?.type !== 'class') throw new Error('It is a model of classes.');
  return prediction;
}

describe('the exported page', () => {
  it.each([
    ['en', 'A model for houses'],
    ['zh-CN', 'houses 的模型'],
  ])('of a table answers in %s, opened from the disk', async (locale, title) => {
    const page = await exported(`houses-${locale}`, TABLE_MODEL, TABLE);
    const browser = chromium()!;
    const tab = await openTab(browser, pathToFileURL(join(page, 'index.html')).href, { locale });
    try {
      await tab.page.getByRole('heading', { name: title }).waitFor();
      await tab.page.getByLabel('area').fill('120');
      await tab.page.getByLabel('city').selectOption('Celle');
      const predictor = await loadPredictor(await readFile(join(page, 'model.safetensors')));
      const wanted = predictor.predictRow({ area: 120, city: 'Celle' });
      const value = wanted.type === 'number' ? Number(wanted.value.toPrecision(6)) : Number.NaN;
      expect(await tab.page.locator('.said').textContent()).toContain(String(value));
      expect(tab.complaints).toEqual([]);
    } finally {
      await closeTabs(browser);
    }
  });

  it('of pictures in colour names the class of a file, with its probability', async () => {
    const page = await exported('flowers', PICTURE_MODEL, PICTURES);
    const browser = chromium()!;
    const tab = await openTab(browser, pathToFileURL(join(page, 'index.html')).href);
    try {
      const file = { name: 'one.png', mimeType: 'image/png', buffer: Buffer.from(picture()) };
      await tab.page.locator('input[type=file]').setInputFiles(file);
      const wanted = await wantedOf(page);
      await tab.page.locator('.said').waitFor();
      expect(await tab.page.locator('.said').textContent()).toBe(wanted.name);
      const shown = await tab.page.locator('tr').first().textContent();
      expect(shown).toContain(`${(100 * Math.max(...wanted.probabilities!)).toFixed(1)} %`);
      expect(tab.complaints).toEqual([]);
    } finally {
      await closeTabs(browser);
    }
  });
});

it('the lines of the page on models put one into a page of somebody’s own', async () => {
  const page = await exported('own', PICTURE_MODEL, PICTURES);
  const text = await readFile(join(ROOT, 'docs/models.md'), 'utf8');
  const [, lines = ''] = /^```html\n(.*?)^```$/ms.exec(text) ?? [];
  await writeFile(join(page, 'own.html'), `<!doctype html><link rel="icon" href="data:,">${lines}`);
  const server: Server = createServer((request, response) => {
    const name = basename(request.url ?? '');
    response.setHeader(
      'content-type',
      name.endsWith('.html')
        ? 'text/html'
        : name.endsWith('.js')
          ? 'text/javascript'
          : 'application/octet-stream',
    );
    createReadStream(join(page, name))
      .on('error', () => response.writeHead(404).end())
      .pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = chromium()!;
  try {
    const { port } = server.address() as AddressInfo;
    const tab = await openTab(browser, `http://127.0.0.1:${port}/own.html`);
    const file = { name: 'one.png', mimeType: 'image/png', buffer: Buffer.from(picture()) };
    await tab.page.locator('#file').setInputFiles(file);
    await tab.page.waitForFunction("document.getElementById('answer').textContent !== ''");
    expect(await tab.page.locator('#answer').textContent()).toBe((await wantedOf(page)).name);
    expect(tab.complaints).toEqual([]);
  } finally {
    await closeTabs(browser);
    await new Promise((resolve) => server.close(resolve));
  }
});
