/** A tab that computes a run with fast numerics on its graphics processor, which a processor plays here. */
import { expect, it } from 'vitest';
import { Cluster } from '../support/cluster.ts';
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
  'computes on what its person chooses, and says so in both languages',
  async () => {
    const { tab, state } = await joined();
    await state('played').waitFor();
    await tab.page.getByLabel('Compute with').selectOption('gpu');
    await state('used').waitFor({ timeout: 200_000 });
    expect(await state('used').innerText()).toContain('Computes on');
    const before = await tab.figure('Tasks done');
    await expect.poll(() => tab.figure('Tasks done'), { timeout: 60_000 }).toBeGreaterThan(before);
    await tab.page.getByLabel('Compute with').selectOption('processor');
    await state('notWanted').waitFor();
    expect(tab.complaints).toEqual([]);
  },
  300_000,
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
    await state('lost').waitFor({ timeout: 60_000 });
    const before = await tab.figure('Tasks done');
    await expect.poll(() => tab.figure('Tasks done'), { timeout: 60_000 }).toBeGreaterThan(before);
  },
  300_000,
);
