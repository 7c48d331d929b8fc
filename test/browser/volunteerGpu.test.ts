/** A tab that computes a run with fast numerics on its graphics processor, which a processor plays here. */
import type { WorkerView } from '@shoal/core';
import { nodeEngines } from '@shoal/worker';
import { expect, it } from 'vitest';
import { Cluster } from '../support/cluster.ts';
import { CoordinatorClient } from '../support/coordinatorClient.ts';
import { ShoalProcess } from '../support/shoalProcess.ts';
import { GPU_ARGS } from './chromium.ts';
import { chromium, executable, lasting, SIZE } from './volunteerRuns.ts';
import { openBrowser, openTab } from './volunteers.ts';

/** A tab that takes part in a run with fast numerics, in a browser with a graphics processor that is played. */
async function joined() {
  const cluster = await Cluster.of({ ...lasting(100_000), numerics: 'fast' }, SIZE);
  const coordinator = cluster.train(1);
  const browser = await openBrowser(executable, GPU_ARGS);
  const tab = await openTab(browser, await coordinator.joinUrl(), { locale: 'en' });
  await tab.join('tab');
  await tab.firstGradientMs();
  const state = (name: string) => tab.page.locator(`[data-gpu="${name}"]`);
  return { browser, tab, state };
}

it.skipIf(chromium === null)(
  'computes on what its person chooses, in the background too, and says so',
  async () => {
    const { tab, state } = await joined();
    await state('played').waitFor();
    await tab.page.getByLabel('Compute with').selectOption('gpu');
    await state('used').waitFor({ timeout: 200_000 });
    expect(await state('used').innerText()).toContain('Computes on');
    const before = await tab.figure('Tasks done');
    await expect.poll(() => tab.figure('Tasks done'), { timeout: 120_000 }).toBeGreaterThan(before);
    await tab.page.evaluate(`Object.defineProperty(document, 'hidden', { value: true, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'))`);
    await tab.page.locator('.slowed', { hasText: '50%' }).waitFor();
    const hidden = await tab.figure('Tasks done');
    await expect.poll(() => tab.figure('Tasks done'), { timeout: 120_000 }).toBeGreaterThan(hidden + 1);
    expect(await state('used').isVisible()).toBe(true);
    await tab.page.evaluate(`delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))`);
    await tab.page.getByLabel('Compute with').selectOption('processor');
    await state('notWanted').waitFor();
    expect(tab.complaints).toEqual([]);
  },
  400_000,
);

it.skipIf(chromium === null)(
  'whose graphics processor goes away says so, and computes on with its processor',
  async () => {
    const { browser, tab, state } = await joined();
    await tab.page.getByLabel('Compute with').selectOption('gpu');
    await state('used').waitFor({ timeout: 200_000 });
    // Chromium ends its process for graphics, as a driver does that has failed.
    const session = await browser.newBrowserCDPSession();
    await session.send('Browser.crashGpuProcess').catch(() => {});
    await state('lost').waitFor({ timeout: 120_000 });
    const before = await tab.figure('Tasks done');
    await expect.poll(() => tab.figure('Tasks done'), { timeout: 120_000 }).toBeGreaterThan(before);
  },
  400_000,
);

/** Processors of a Node.js worker with fast numerics; BLAS where the machine has a library of it. */
const PROCESSORS = ['wasm-strict', 'wasm-relaxed', 'blas'] as const;

it.skipIf(chromium === null)(
  'shares a run with the engines of processors, and none is taken for a liar by another',
  async () => {
    const known = (await nodeEngines()).map(({ name }) => name);
    const engines = PROCESSORS.filter((name) => known.includes(name));
    const trust = { spotCheck: 0.2, quorum: 1, trim: 0 };
    const cluster = await Cluster.of({ ...lasting(100_000), numerics: 'fast', trust }, SIZE);
    const coordinator = cluster.train(0);
    const url = await coordinator.joinUrl();
    const browser = await openBrowser(executable, GPU_ARGS);
    const tab = await openTab(browser, url, { locale: 'en' });
    await tab.join('webgpu');
    await tab.page.getByLabel('Compute with').selectOption('gpu', { timeout: 200_000 });
    await tab.page.locator('[data-gpu="used"]').waitFor({ timeout: 200_000 });
    const client = await CoordinatorClient.of(coordinator);
    const watching = await client.watch();
    // One after another: beside faster ones, a slow one is asked for little of so small a model.
    const found: WorkerView[] = [];
    for (const name of ['webgpu', ...engines]) {
      if (name !== 'webgpu') {
        const words = ['worker', url, '--name', name, '--engine', name, '--threads', '1', '--json'];
        ShoalProcess.start(words);
      }
      await watching.until(({ messages }) => {
        const told = messages.findLast(({ type }) => type === 'workers');
        const one =
          told?.type === 'workers' ? told.workers.find((worker) => worker.name === name) : undefined;
        if (one?.engine !== name || one.samples === 0 || (one.trust?.checked ?? 0) < 3) return false;
        found.push(one);
        return true;
      }, `Three answers of ${name} that were found right`);
      const { id } = found.at(-1) as WorkerView;
      expect((await client.post(`/api/workers/${id}`, { action: 'pause' })).status).toBe(200);
    }
    for (const { id } of found) {
      expect((await client.post(`/api/workers/${id}`, { action: 'continue' })).status).toBe(200);
    }
    await watching.until(
      ({ epochs }) => (epochs.at(-1)?.validationAccuracy ?? 0) > 0.9,
      'An epoch after which nine of ten are right',
    );
    expect((await client.get('/api/run/trust')).body).toMatchObject({ convicted: 0 });
  },
  400_000,
);
