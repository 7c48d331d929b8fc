/** What the page says when something fails, is gone or has been replaced, told by a small coordinator. */
import type { WorkerView } from '@shoal/core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { OPERATOR_TOKEN, VIEWER_TOKEN } from './feedServer.ts';
import { feedStage, part } from './feedStage.ts';

const stage = feedStage();

/** Workers of whom one lacks a number that the table writes. */
function brokenWorkers(): readonly WorkerView[] {
  const { rttMs: _missing, ...broken } = stage.server.data.workers[0] as WorkerView;
  return [broken as WorkerView, ...stage.server.data.workers.slice(1)];
}

const tellWorkers = (workers: readonly WorkerView[]): void =>
  stage.server.tell({ type: 'workers', workers, locals: stage.server.data.locals });

describe('a part of the page that fails', () => {
  for (const { locale, tab, failed, again, title } of [
    {
      locale: 'en',
      tab: 'Workers',
      failed: 'This part of the page has failed.',
      again: 'Try again',
      title: 'Disturb a worker',
    },
    {
      locale: 'zh-CN',
      tab: '计算节点',
      failed: '页面的这一部分出错了。',
      again: '再试一次',
      title: '干扰一个节点',
    },
  ]) {
    it(`says so in its own place, tells the log, and comes back when asked (${locale})`, async () => {
      stage.server.advance(10);
      const page = await stage.open(OPERATOR_TOKEN, { locale });
      await part(page, tab);
      await page.getByRole('rowheader').first().waitFor();
      tellWorkers(brokenWorkers());
      const alert = page.getByRole('alert').filter({ hasText: failed });
      await alert.waitFor();
      expect(await page.getByRole('rowheader').count()).toBe(0);
      // The rest of the part goes on, and so do the others.
      await page.getByRole('heading', { name: title }).waitFor();
      stage.server.advance(20);
      await page.getByRole('img', { name: /20,/ }).first().waitFor();
      await expect
        .poll(() => stage.server.pageErrors)
        .toEqual([
          {
            card: 'workers',
            message: expect.stringContaining('toFixed'),
            at: expect.stringMatching(/assets\/.*:\d+:\d+/),
          },
        ]);
      // As long as what it is to show is broken, it stays where it is.
      await alert.getByRole('button', { name: again }).click();
      await alert.waitFor();
      tellWorkers(stage.server.data.workers);
      // Until what is whole again has reached the page, trying again fails again.
      await expect
        .poll(async () => {
          const button = alert.getByRole('button', { name: again });
          if ((await button.count()) > 0) await button.click();
          return page.getByRole('rowheader').count();
        })
        .toBeGreaterThan(0);
      expect(await alert.count()).toBe(0);
      // The same failure is told once.
      expect(stage.server.pageErrors).toHaveLength(1);
    });
  }

  it('is reported by whoever only watches, too', async () => {
    const page = await stage.open(VIEWER_TOKEN);
    await part(page, 'Workers');
    await page.getByRole('rowheader').first().waitFor();
    tellWorkers(brokenWorkers());
    await expect.poll(() => stage.server.pageErrors).toHaveLength(1);
  });

  it('leaves the other charts, and all else, as they are', async () => {
    stage.server.advance(30);
    const page = await stage.open(VIEWER_TOKEN);
    await page.getByRole('img', { name: /^Loss by step/ }).waitFor();
    stage.server.data.advance(430);
    const [record] = stage.server.data.epochs;
    if (record === undefined) throw new Error('Two epochs are complete.');
    const { layerNorms: _missing, ...broken } = record;
    stage.server.tell({ type: 'epoch', runId: stage.server.data.runId, record: broken as typeof record });
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('img', { name: /^Gradient norm by layer/ }).count()).toBe(0);
    await page.getByRole('img', { name: /^Loss by epoch. Latest values: epoch 1,/ }).waitFor();
    await page.getByRole('img', { name: /^Loss by step/ }).waitFor();
    await page.getByRole('heading', { name: 'What is trained' }).waitFor();
    await expect.poll(() => stage.server.pageErrors).toMatchObject([{ card: 'norms-by-epoch' }]);
  });
});

describe('an action on what is gone', () => {
  const gone = { status: 404, body: { error: 'No worker has number 4: it has left.', code: 'noSuchWorker' } };
  const ended = {
    status: 409,
    body: { error: 'local-2 is not running any more.', code: 'localNotRunning' },
  };

  it('says so, wherever on the page one is, in the language of the page', async () => {
    const page = await stage.open(OPERATOR_TOKEN, { width: 390, height: 700 });
    stage.server.refusals.set('/api/workers/4', gone).set('/api/local/local-2', ended);
    await part(page, 'Workers');
    await page.getByRole('radio', { name: /local-2/ }).check();
    await page.getByRole('button', { name: 'Poison' }).click();
    await page.getByRole('alert').getByText('This worker is not running any more').waitFor();
    await page.getByRole('button', { name: 'Remove: volunteer-4' }).click();
    const alert = page.getByRole('alert').getByText('This worker has left');
    await alert.waitFor();
    const box = await alert.boundingBox();
    expect(box !== null && box.y >= 0 && box.y + box.height <= 700).toBe(true);
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByRole('alert').getByText('操作未成功： 这个节点已经离开，无法再对它进行操作。').waitFor();
  });

  it('says of a run that is no longer there why it does not open, and tries again when asked', async () => {
    const page = await stage.open(OPERATOR_TOKEN);
    const runId = 'mnist-cnn-20260309-133112-a81e';
    const path = `/api/runs/${runId}`;
    stage.server.refusals.set(path, { status: 404, body: { error: 'There is no run.', code: 'noSuchRun' } });
    await part(page, 'Runs');
    await page.getByRole('button', { name: `Open: mnist-cnn ${runId}` }).click();
    const alert = page.getByRole('alert').filter({ hasText: 'its folder is gone' });
    await alert.waitFor();
    stage.server.refusals.delete(path);
    await alert.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'Result' }).waitFor();
  });
});

describe('a link that was replaced', () => {
  const FRESH = {
    links: [
      'http://192.168.1.20:7433/join#fresh-link-to-join',
      'http://10.0.0.5:7433/join#fresh-link-to-join',
    ],
    watchLinks: ['http://192.168.1.20:7433/#v8Lw2pRt6YbN1cKf4GxH9mQs'],
    gatewayLinks: ['http://192.168.1.20:7433/#g3Kx7mWq2TzR9vBn5CpJ1sLd'],
  };
  /** The path of the code, which is another one for another link. */
  const code = (page: Page) => page.locator('.qr .dark').getAttribute('d');

  it('disappears from the open page with its code, and what replaced it is said', async () => {
    const page = await stage.open(OPERATOR_TOKEN);
    await part(page, 'Join');
    const before = await code(page);
    stage.server.tell({ type: 'join', join: FRESH, because: 'revoked' });
    await page.getByRole('status').getByText('were revoked').waitFor();
    expect(await code(page)).not.toBe(before);
    const text = await page.locator('main').innerText();
    expect(text).not.toContain('k3Jv0yqWm9Qd7hXs2TzB5nLr');
    expect(text.match(/fresh-link-to-join/g)).toHaveLength(3);
    // The links to watch are the same ones, and nothing is said of them.
    expect(await page.getByText('links to watch that stood here').count()).toBe(0);
    stage.server.tell({
      type: 'join',
      join: { ...FRESH, watchLinks: ['http://192.168.1.20:7433/#fresh-link-to-watch'] },
      because: 'expiring',
    });
    await page.getByText('The links that stood here before end soon.').waitFor();
    expect(await page.locator('main').innerText()).not.toContain('v8Lw2pRt6YbN1cKf4GxH9mQs');
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByText('此处原来的链接即将到期').waitFor();
  });

  it('is noticed by a page that was away meanwhile', async () => {
    const page = await stage.open(OPERATOR_TOKEN);
    await part(page, 'Join');
    const before = await code(page);
    const { data } = stage.server;
    const snapshot = data.snapshot.bind(data);
    data.snapshot = (role, have) => ({ ...snapshot(role, have), join: FRESH });
    stage.server.unreachable();
    await page.getByRole('status').getByText('The connection to the coordinator is lost').waitFor();
    stage.server.reachable();
    await page.getByText('has taken the place of the one that stood here before').waitFor();
    expect(await code(page)).not.toBe(before);
  });
});

describe('an opened run', () => {
  for (const [reducedMotion, width] of [
    ['reduce', 1440],
    ['no-preference', 390],
  ] as const) {
    it(`is brought into view with the focus, and closed back to its button (${reducedMotion})`, async () => {
      stage.server.advance(215 * 12);
      const page = await stage.open(OPERATOR_TOKEN, { width, height: 500 });
      await page.emulateMedia({ reducedMotion });
      await part(page, 'Runs');
      const button = page.getByRole('button', { name: /^Open: mnist-cnn mnist-cnn-20260309-1331/ });
      await button.click();
      const heading = page.locator('h2:focus');
      await heading.waitFor();
      // Its name comes with its record.
      await expect.poll(() => heading.innerText()).toBe('mnist-cnn');
      await expect
        .poll(async () => {
          const top = (await heading.boundingBox())?.y ?? -1;
          return top >= 0 && top < 60;
        })
        .toBe(true);
      await page.getByRole('status').getByText('mnist-cnn-20260309-133112-a81e is shown below').waitFor({
        state: 'attached',
      });
      await page.getByRole('button', { name: 'Close', exact: true }).click();
      await expect.poll(() => page.locator(':focus').getAttribute('aria-label')).toMatch(/^Open: mnist-cnn/);
      await expect.poll(() => page.getByRole('heading', { name: 'Result' }).count()).toBe(0);
    });
  }
});

describe('a run without a validation set', () => {
  it('is not said to have validated anything', async () => {
    stage.server.advance(430);
    const page = await stage.open(VIEWER_TOKEN);
    await page.getByRole('heading', { name: 'mnist-cnn' }).waitFor();
    const { data } = stage.server;
    const snapshot = data.snapshot('viewer', null);
    const epochs = snapshot.epochs.map((epoch) => ({
      ...epoch,
      validationLoss: null,
      validationAccuracy: null,
    }));
    const run = snapshot.run;
    if (run === null || run.spec.data.source === 'table') throw new Error('There is a run on MNIST.');
    const spec = { ...run.spec, data: { ...run.spec.data, validation: 0 }, earlyStopping: null };
    stage.server.tell({ ...snapshot, epochs, run: { ...run, spec, earlyStopping: null } });
    await page.getByText('Training accuracy').first().waitFor();
    // The run that was told before has both.
    await expect.poll(() => page.locator('main').innerText()).not.toMatch(/validation/i);
    await part(page, 'Workers');
    const strip = page.locator('.strip');
    await strip.getByText('Training accuracy 93.50 %').waitFor();
    expect(await strip.innerText()).not.toMatch(/validation/i);
  });
});
