/**
 * A tab of a browser is a worker like any other: it joins with one press, computes the same bits, and nothing that
 * happens to it costs the run more than time.
 */
import { describe, expect, it } from 'vitest';
import { Cluster, fromStep, isEpoch, isWorker, runIdOf, startWorker } from '../support/cluster.ts';
import { CoordinatorClient } from '../support/coordinatorClient.ts';
import { ShoalProcess } from '../support/shoalProcess.ts';
import { everything } from '../support/specs.ts';
import {
  chromium,
  ENDLESS,
  executable,
  FIRST_GRADIENT_MS_MAX,
  lasting,
  open,
  SIZE,
} from './volunteerRuns.ts';
import { barriers, openBrowser, openTab } from './volunteers.ts';

describe.skipIf(chromium === null)('a run', () => {
  it('ends with the same bits in two tabs and a Node.js worker as in one process alone', async () => {
    const cluster = await Cluster.of(lasting(60), SIZE);
    const alone = await cluster.alone();
    // So slow that it is not over before all three are there, however late they come.
    const coordinator = cluster.train(0, ['--pace', '2']);
    const url = await coordinator.joinUrl();
    const browser = await open();
    const tabs = [await openTab(browser, url), await openTab(browser, url)];
    await Promise.all(tabs.map((tab, index) => tab.join(`tab ${index + 1}`)));
    for (const tab of tabs) {
      const ms = await tab.firstGradientMs();
      console.log(`First gradient ${ms} ms after pressing the button.`);
      expect(ms).toBeLessThan(FIRST_GRADIENT_MS_MAX);
    }
    // It waits for the third, so that tabs do not do all of it meanwhile.
    const client = await CoordinatorClient.of(coordinator);
    expect((await client.post('/api/run/pause')).status).toBe(200);
    startWorker(url, 'node');
    await coordinator.line(isWorker('joined', 'node'), 'The worker of Node.js');
    expect((await client.post('/api/run/resume')).status).toBe(200);
    expect((await client.post('/api/run/pace', { stepsPerSecond: null })).status).toBe(200);
    const result = await coordinator.result();
    expect(result).toMatchObject({ state: 'finished', parametersSha256: alone.parametersSha256 });
    const accuracy = Number(result.testAccuracy);
    for (const tab of tabs) {
      await tab.reaches('over', 'waiting');
      expect(await tab.figure('Samples')).toBeGreaterThan(0);
      expect(await tab.figure('Tasks done')).toBeGreaterThan(0);
      expect(await tab.page.locator('.result').innerText()).toContain(`${Math.floor(accuracy * 100)}`);
      expect(tab.complaints).toEqual([]);
    }
    // Between them they have not done everything: the worker of Node.js had its part.
    const shares = await Promise.all(tabs.map((tab) => tab.figure('Share')));
    expect(shares[0]! + shares[1]!).toBeLessThan(100);
  });

  it('loses nothing by a tab that is closed in the middle of its work', async () => {
    const cluster = await Cluster.of(lasting(12), SIZE);
    const alone = await cluster.alone();
    // It goes on for as long as it takes to close the tab.
    const coordinator = cluster.train(0, ['--pace', '2']);
    const url = await coordinator.joinUrl();
    const client = await CoordinatorClient.of(coordinator);
    const browser = await open();
    const closed = await openTab(browser, url);
    await closed.join('closed');
    await closed.firstGradientMs();
    await closed.page.close();
    await coordinator.line(isWorker('left', 'closed'), 'The end of the tab');
    expect((await client.post('/api/run/pace', { stepsPerSecond: null })).status).toBe(200);
    const stays = await openTab(browser, url);
    await stays.join('stays');
    expect((await coordinator.result()).parametersSha256).toBe(alone.parametersSha256);
    const order = coordinator.lines.map((line) =>
      line.type === 'worker' ? `${line.event} ${line.name}` : '',
    );
    expect(order).toContain('left closed');
  });

  it('goes on in the tab after its coordinator was killed and came back', async () => {
    const cluster = await Cluster.of(lasting(12), SIZE);
    const alone = await cluster.alone();
    // Killed long before its end, however late.
    const first = cluster.train(0, ['--token', 'the-same-token', '--pace', '5']);
    const url = await first.joinUrl();
    const runId = await runIdOf(first);
    const tab = await openTab(await open(), url);
    await tab.join('patient');
    await first.line(isEpoch(2), 'Epoch 2');
    first.kill('SIGKILL');
    await first.exited;
    await tab.reaches('reconnecting');
    const second = cluster.resume(runId, 0);
    await second.line(isWorker('joined', 'patient'), 'The tab');
    const result = await second.result();
    expect(result.parametersSha256).toBe(alone.parametersSha256);
    await tab.reaches('over', 'waiting');
  });
});

describe.skipIf(chromium === null)('a tab', () => {
  it('pauses, continues, changes its threads, slows down when hidden, and leaves', async () => {
    // Steps that take longer to compute than to send.
    const spec = everything({ epochs: ENDLESS, earlyStopping: null, batch: 600, microbatch: 60 });
    const cluster = await Cluster.of(spec, SIZE);
    const coordinator = cluster.train(0, ['--verbose']);
    const tab = await openTab(await open(), await coordinator.joinUrl());
    await tab.join('obedient');
    await tab.firstGradientMs();

    await tab.button('Pause').click();
    await tab.reaches('paused');
    await coordinator.line(isWorker('left', 'obedient'), 'The pause');
    const paused = coordinator.lines.length;
    await tab.page.waitForTimeout(1_000);
    expect(coordinator.lines.slice(paused).filter(({ type }) => type === 'step')).toEqual([]);
    await tab.button('Continue').click();
    await coordinator.line(isWorker('joined', 'obedient'), 'The tab again', paused);

    const before = coordinator.lines.length;
    await tab.page.getByRole('combobox').selectOption('2');
    await coordinator.line(isWorker('joined', 'obedient'), 'The tab with two threads', before);
    const alone = coordinator.lines.length;
    await tab.page.getByRole('combobox').selectOption('1');
    await coordinator.line(isWorker('joined', 'obedient'), 'The tab with one thread', alone);
    await tab.reaches('computing');

    const stepsIn = async (ms: number): Promise<number> => {
      const from = coordinator.lines.length;
      await tab.page.waitForTimeout(ms);
      return coordinator.lines.slice(from).filter(({ type }) => type === 'step').length;
    };
    const slider = tab.page.getByRole('slider');
    // What else this machine does takes from the one or the other: several looks tell.
    await expect
      .poll(
        async () => {
          await slider.fill('100');
          await tab.page.locator('.slowed').waitFor({ state: 'detached' });
          const fast = await stepsIn(2_000);
          await slider.fill('10');
          await tab.page.locator('.slowed', { hasText: '10%' }).waitFor();
          const slow = await stepsIn(2_000);
          console.log(`${fast} steps in 2 s at 100%, ${slow} at 10%.`);
          return slow < fast / 2;
        },
        { timeout: 120_000 },
      )
      .toBe(true);
    await slider.fill('100');

    await tab.page.evaluate(`Object.defineProperty(document, 'hidden', { value: true, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'))`);
    await tab.page.locator('.slowed', { hasText: '50%' }).waitFor();
    await tab.page.evaluate(`delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))`);
    await tab.page.locator('.slowed').waitFor({ state: 'detached' });

    // Loopback is a secure context, so that the screen can be kept on.
    await tab.page.getByRole('checkbox').check();

    const left = coordinator.lines.length;
    await tab.button('Leave').click();
    await tab.reaches('left');
    await coordinator.line(isWorker('left', 'obedient'), 'The end', left);
    await tab.button('Join again').click();
    await tab.reaches('computing');
    expect(tab.complaints).toEqual([]);
  });

  it('waits for a run where there is none, tells its result, and takes part in the next one', async () => {
    const cluster = await Cluster.of(lasting(10), SIZE);
    const alone = await cluster.alone();
    const coordinator = ShoalProcess.start(['serve', ...['--port', '0', '--workers', '0'], ...cluster.where]);
    const client = await CoordinatorClient.of(coordinator);
    const watching = await client.watch();
    const tab = await openTab(await open(), `${client.url}/join#${client.tokens.worker}`);
    await tab.join('early');
    await tab.reaches('waiting');
    for (let run = 1; run <= 2; run += 1) {
      const result = await watching.result(await client.start(cluster.spec));
      expect(result.parametersSha256).toBe(alone.parametersSha256);
      await tab.page.locator('.status.waiting .result').waitFor();
    }
    await client.start({ ...cluster.spec, epochs: ENDLESS });
    await tab.reaches('computing');
    await tab.page.locator('.result').waitFor({ state: 'detached' });
    await client.post('/api/run/pause');
    await tab.page.locator('.progress', { hasText: 'paused' }).waitFor();
    expect(tab.complaints).toEqual([]);
  });

  it('offers its fastest engine to a run with fast numerics, and is known as a browser', async () => {
    const cluster = await Cluster.of(everything({ epochs: ENDLESS, earlyStopping: null, numerics: 'fast' }));
    const coordinator = cluster.train(0);
    const client = await CoordinatorClient.of(coordinator);
    const tab = await openTab(await open(), await coordinator.joinUrl());
    await tab.join('swift');
    await tab.firstGradientMs();
    const watching = await client.watch();
    await watching.until(({ workers }) => workers.some(({ samples }) => samples > 0), 'Its samples');
    expect(watching.workers).toMatchObject([
      {
        name: 'swift',
        kind: 'browser',
        engine: 'wasm-relaxed',
        agent: expect.stringMatching(/^Chrome \d+ \w+$/),
      },
    ]);
  });

  it('that is reloaded goes on as the same worker', async () => {
    const cluster = await Cluster.of(lasting(ENDLESS), SIZE);
    const coordinator = cluster.train(0);
    const tab = await openTab(await open(), await coordinator.joinUrl());
    await tab.join('reloaded');
    // An epoch and its validation are over, so that all of the data has been fetched.
    await tab.until('Work', async () => (await tab.figure('Samples')) > 3 * SIZE.train);
    await tab.until('The data set', async () => (await tab.booked('Data set')) !== '0 B');
    const samples = await tab.figure('Samples');
    const from = coordinator.lines.length;
    await tab.page.reload();
    await coordinator.line(isWorker('joined', 'reloaded'), 'The reloaded tab', from);
    await tab.firstGradientMs();
    await tab.until('Its samples', async () => (await tab.figure('Samples')) > samples);
    // The data set is in the browser's cache, and is not fetched again.
    await tab.page.waitForTimeout(1_000);
    expect(await tab.booked('Data set')).toBe('0 B');
  });

  it('that was sent away is told so kindly, keeps its count, and comes back once it is let in again', async () => {
    const cluster = await Cluster.of(lasting(ENDLESS), SIZE);
    const coordinator = cluster.train(0);
    const client = await CoordinatorClient.of(coordinator);
    const tab = await openTab(await open(), await coordinator.joinUrl());
    await tab.join('guest');
    await tab.until('Work', async () => (await tab.figure('Samples')) > 500);
    const counted = await tab.figure('Samples');
    const watching = await client.watch();
    await watching.until(({ workers }) => workers.length === 1, 'The table');
    await client.post(`/api/workers/${watching.workers[0]?.id}`, { action: 'remove' });
    await tab.reaches('removed');
    const status = tab.page.locator('.status');
    expect(await status.innerText()).toMatch(
      /^The operator has ended your part\s+Thank you for your help\. What you computed stays in the model/,
    );
    expect(await barriers(tab)).toEqual([]);
    expect(await tab.figure('Samples')).toBeGreaterThanOrEqual(counted);
    expect(await status.locator('button.primary').count()).toBe(0);

    const from = coordinator.lines.length;
    await tab.button('I have been let in again').click();
    await tab.reaches('connecting', 'removed');
    await tab.reaches('removed');
    await tab.page.reload();
    await tab.reaches('removed');
    expect(coordinator.lines.slice(from).some(isWorker('joined', 'guest'))).toBe(false);

    expect((await client.get('/api/removed')).body).toMatchObject([{ id: 1, name: 'guest' }]);
    await client.post('/api/removed/1', { action: 'letIn' });
    await tab.button('I have been let in again').click();
    await coordinator.line(isWorker('joined', 'guest'), 'The guest again', from);
    await tab.until('What was counted before', async () => (await tab.figure('Samples')) >= counted);
    await tab.reaches('computing');
    expect(tab.complaints).toEqual([]);
  });

  it('whose browser has no workers in workers makes its slots itself, and replaces one that dies', async () => {
    const cluster = await Cluster.of(lasting(ENDLESS), SIZE);
    const coordinator = cluster.train(0, ['--verbose']);
    const url = await coordinator.joinUrl();
    // A script that the test has changed comes from no address, and may reach none on this machine by itself.
    const browser = await openBrowser(executable, [
      '--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets',
    ]);
    const context = await browser.newContext();
    context.setDefaultTimeout(120_000);
    await context.route('**/volunteer.worker-*.js', async (route) => {
      const response = await route.fetch();
      const body = `delete self.Worker;${await response.text()}`;
      await route.fulfill({ body, contentType: 'text/javascript' });
    });
    const page = await context.newPage();
    await page.goto(url);
    await page.getByRole('textbox').fill('old browser');
    await page.locator('button[type="submit"]').click();
    await page.locator('[data-first-gradient-ms]').waitFor();
    // One thread needs no slot beside its hub.
    expect(page.workers()).toHaveLength(1);
    const threads = coordinator.lines.length;
    await page.getByRole('combobox').selectOption('2');
    await coordinator.line(isWorker('joined', 'old browser'), 'The tab with two threads', threads);
    const joined = coordinator.lines.length;
    await coordinator.line(fromStep(0), 'A step with two threads', joined);
    const namesOf = () => Promise.all(page.workers().map((worker) => worker.evaluate<string>('self.name')));
    // One that was ended may be counted for a while.
    await expect
      .poll(async () => (await namesOf()).sort())
      .toEqual(['shoal hub', 'shoal slot', 'shoal slot']);
    const slot = page.workers()[(await namesOf()).indexOf('shoal slot')];
    await slot?.evaluate(`setTimeout(() => { throw new Error('broken on purpose'); })`);
    await page.getByText('One thread failed and was replaced.').waitFor();
    const from = coordinator.lines.length;
    await coordinator.line(fromStep(0), 'Another step', from);
  });
});
