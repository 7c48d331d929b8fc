/** What lies between a tab and its coordinator: a line that is slow or breaks, a proxy, a link that is wrong, no TLS. */
import { describe, expect, it } from 'vitest';
import { Cluster } from '../support/cluster.ts';
import { CoordinatorClient } from '../support/coordinatorClient.ts';
import { CountingLine } from '../support/countingLine.ts';
import {
  aloneOnDigits,
  BLOCKS_OF_TRAINING,
  codedRoundsByBlocks,
  roundsByBlocks,
  VECTOR_BYTES,
} from '../support/digitsRun.ts';
import { Line } from '../support/line.ts';
import { openPlainProxy } from '../support/plainProxy.ts';
import { perceptron } from '../support/specs.ts';
import { openOtherMachine } from './netns.ts';
import {
  chromium,
  ENDLESS,
  executable,
  FIRST_GRADIENT_MS_MAX,
  lasting,
  open,
  SIZE,
} from './volunteerRuns.ts';
import { openBrowser, openTab } from './volunteers.ts';

describe.skipIf(chromium === null)('a tab', () => {
  it('shows that the line is gone long before it is given up, and that it is back', async () => {
    const cluster = await Cluster.of(lasting(ENDLESS), SIZE);
    const line = await Line.to(await cluster.train(0).joinUrl());
    const tab = await openTab(await open(), line.url);
    await tab.join('traveller');
    await tab.firstGradientMs();
    const from = Date.now();
    line.isDead = true;
    await tab.reaches('silent');
    console.log(`The silence was shown after ${Date.now() - from} ms.`);
    expect(await tab.page.locator('.status').innerText()).toMatch(/Nothing has been heard for \d+ s/);
    line.isDead = false;
    await tab.reaches('computing');
    expect(tab.complaints).toEqual([]);
  });
  it('behind a slow line beside fast workers says that nothing counts, and is sent no data', async () => {
    const cluster = await Cluster.of(perceptron({ epochs: ENDLESS }));
    const coordinator = cluster.train(2);
    const client = await CoordinatorClient.of(coordinator);
    const line = await Line.to(await coordinator.joinUrl());
    const tab = await openTab(await open(), line.url);
    // A gradient of ten thousand bytes takes a second, the steps of the others milliseconds.
    line.bytesPerSecond = 10_000;
    await tab.join('far away');
    // Greeting, probe and the first leases are over a hundred thousand bytes, before anything can be late.
    await tab.page.locator('.status.computing.idle').waitFor({ timeout: 240_000 });
    expect(await tab.page.locator('.status h1').innerText()).toMatch(/^Computing, but /);
    expect(await tab.figure('Samples')).toBe(0);
    expect(await tab.figure('Speed')).toBe(0);
    expect(await tab.booked('Data set')).toBe('0 B');
    // The operator reads the same.
    const watching = await client.watch();
    const isUseless = ({ name, help }: { readonly name: string; readonly help: string }): boolean =>
      name === 'far away' && ['line', 'slow'].includes(help);
    await watching.until(({ workers }) => workers.some(isUseless), 'The reason');
    expect(watching.workers.find(isUseless)).toMatchObject({ speed: 0, samples: 0 });
  });
  it('gets the data blocks that its rounds need, and computes the bits that every worker has to', async () => {
    const cluster = await Cluster.of(roundsByBlocks);
    const coordinator = cluster.train(0);
    const line = await CountingLine.to(await coordinator.joinUrl());
    const tab = await openTab(await open(), line.url);
    await tab.join('by need');
    const result = await coordinator.result();
    const { parametersSha256 } = await aloneOnDigits(roundsByBlocks);
    expect(result).toMatchObject({ state: 'finished', parametersSha256 });
    expect(new Set(line.blocks).size).toBe(line.blocks.length);
    expect(line.blocks.length).toBeGreaterThanOrEqual(BLOCKS_OF_TRAINING);
    expect(line.blocksAt(1.5 * VECTOR_BYTES)).toBeLessThanOrEqual(4);
    await expect.poll(() => tab.booked('Data set')).toMatch(/^\d+(\.\d+)? [kM]B$/);
    expect(tab.complaints).toEqual([]);
  });
  it('computes rounds whose vectors travel in 4 bits, behind a slow line, to the bits of one process', async () => {
    const cluster = await Cluster.of(codedRoundsByBlocks);
    const coordinator = cluster.train(0);
    const line = await Line.to(await coordinator.joinUrl());
    // A round's changes are 4 kB each way.
    line.bytesPerSecond = 100_000;
    const tab = await openTab(await open(), line.url);
    await tab.join('four bits');
    const result = await coordinator.result();
    const { parametersSha256, steps } = await aloneOnDigits(codedRoundsByBlocks);
    expect(steps).toBeGreaterThan(3);
    expect(result).toMatchObject({ state: 'finished', parametersSha256, steps });
    expect(tab.complaints).toEqual([]);
  });
  it('says what is wrong with a link without its token, and with a wrong one', async () => {
    const cluster = await Cluster.of(lasting(ENDLESS), SIZE);
    const url = await cluster.train(0).joinUrl();
    const browser = await open();
    const bare = await openTab(browser, url.replace(/#.*/, ''));
    await bare.page.getByRole('alert').getByText('This link is incomplete').waitFor();
    expect(await bare.joinButton.count()).toBe(0);
    const wrong = await openTab(browser, url.replace(/#.*/, '#wrong'));
    await wrong.join('stranger');
    await wrong.reaches('failed');
    expect(await wrong.page.locator('.words').innerText()).toMatch(/token/);
  });
  it('behind a proxy that passes no WebSockets on says so, and does not try for ever', async () => {
    const cluster = await Cluster.of(lasting(ENDLESS), SIZE);
    const url = new URL(await cluster.train(0).joinUrl());
    const proxy = await openPlainProxy(url.href);
    const tab = await openTab(await open(), `${proxy}${url.pathname}${url.hash}`);
    await tab.join('hidden');
    await tab.reaches('failed');
    expect(await tab.page.locator('.status').innerText()).toMatch(
      /The coordinator is there, but something between it and this device \(a proxy,/,
    );
  });
  it('works over plain HTTP from another machine', async ({ skip }) => {
    const machine = await openOtherMachine().catch((problem: Error) => problem);
    if (machine instanceof Error) {
      console.log(`Passed over: ${machine.message}`);
      return skip(machine.message);
    }
    const cluster = await Cluster.of(lasting(12), SIZE);
    const alone = await cluster.alone();
    const coordinator = cluster.train(0, ['--host', machine.address]);
    const url = await coordinator.joinUrl();
    expect(url).toContain(machine.address);
    const browser = await openBrowser(await machine.programThere(executable));
    const tab = await openTab(browser, url);
    expect(await tab.page.evaluate('isSecureContext')).toBe(false);
    await tab.page.getByText('keeping the screen on').waitFor();
    await tab.join('elsewhere');
    const ms = await tab.firstGradientMs();
    console.log(`First gradient ${ms} ms after pressing the button, over plain HTTP from another machine.`);
    expect(ms).toBeLessThan(FIRST_GRADIENT_MS_MAX);
    expect((await coordinator.result()).parametersSha256).toBe(alone.parametersSha256);
    await tab.reaches('over', 'waiting');
    expect(tab.complaints).toEqual([]);
  });
});
