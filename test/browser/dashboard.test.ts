/** The page `/` of a run in Chromium, told by a small coordinator what a real one would tell it. */
import { isDeepStrictEqual } from 'node:util';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { OPERATOR_TOKEN, VIEWER_TOKEN } from './feedServer.ts';
import { chart, feedStage, part, untilText } from './feedStage.ts';
import { pictures } from './modelHarness/tab.ts';

const stage = feedStage();

/** Steps of the step loss, newest first, as its table shows them. */
async function stepsShown(page: Page): Promise<number[]> {
  await page.getByRole('button', { name: 'Table: Loss by step' }).click();
  const rows = page.getByRole('region', { name: 'Loss by step' }).locator('tbody th');
  await rows.first().waitFor();
  const cells = await rows.allTextContents();
  await page.getByRole('button', { name: 'Table: Loss by step' }).click();
  return cells.map(Number);
}

describe('the page of a run', () => {
  it('takes the token out of the address and keeps it while the tab is loaded again', async () => {
    const page = await stage.open(OPERATOR_TOKEN);
    await page.getByRole('heading', { name: 'mnist-cnn' }).waitFor();
    expect(page.url()).toBe(stage.url);
    await page.reload();
    await page.getByRole('heading', { name: 'mnist-cnn' }).waitFor();
    expect(await page.evaluate("sessionStorage.getItem('shoal-token')")).toBe(OPERATOR_TOKEN);
  });

  it('asks for a token without one, and says why one is refused', async () => {
    const page = await stage.open('');
    const field = page.getByRole('textbox', { name: 'Link or token' });
    await field.fill('no-such-token');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('alert').getByText('This token is not known here.').waitFor();
    await field.fill(`${stage.url}#${VIEWER_TOKEN}`);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('heading', { name: 'mnist-cnn' }).waitFor();
  });

  it('shows what the coordinator tells, from the first step to the result', async () => {
    const page = await stage.open(OPERATOR_TOKEN);
    await page.getByRole('heading', { name: 'mnist-cnn' }).waitFor();
    await untilText(page, 'No points yet.');
    stage.server.advance(300);
    await untilText(page, 'Epoch 2 of 12');
    await untilText(page, 'step 85 of 215');
    // Epochs are told after the progress, by messages of their own.
    await expect.poll(() => page.title()).toBe('training 2/12 · 87.9 % · mnist-cnn · Shoal');
    const saysOf = (title: string) => chart(page, title).getAttribute('aria-label');
    await expect.poll(() => saysOf('Loss by step')).toContain('step 300,');
    await expect.poll(() => saysOf('Loss by epoch')).toContain('epoch 1, training 0.47');
    stage.server.advance(215 * 12);
    await page.getByRole('heading', { name: 'Result' }).waitFor();
    const { result } = stage.server.data.run;
    await untilText(page, result?.parametersSha256 ?? 'no hash');
    await untilText(page, 'the same bits');
    expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0);
    expect(await page.evaluate("document.querySelector('progress').position")).toBe(1);
  });

  it('draws the charts out of view too, to the last step', async () => {
    const tall = await stage.open(OPERATOR_TOKEN, { height: 3000 });
    const low = await stage.open(OPERATOR_TOKEN, { height: 400 });
    stage.server.advance(100);
    for (const page of [tall, low])
      await chart(page, 'Loss by step')
        .and(page.getByRole('img', { name: /step 100,/ }))
        .waitFor();
    stage.server.advance(215 * 12);
    for (const page of [tall, low]) await page.getByRole('heading', { name: 'Result' }).waitFor();
    // All of the charts are in view in the one page, none of them in the other.
    await expect.poll(async () => (await pictures(low)).length).toBeGreaterThan(5);
    expect(
      await low
        .locator('.chart')
        .first()
        .boundingBox()
        .then((box) => box?.y),
    ).toBeGreaterThan(400);
    await expect.poll(async () => isDeepStrictEqual(await pictures(low), await pictures(tall))).toBe(true);
  });

  it('comes back after a lost connection with every step once', async () => {
    stage.server.advance(20);
    const page = await stage.open(OPERATOR_TOKEN);
    await untilText(page, 'step 20 of 215');
    stage.server.unreachable();
    await page.getByRole('status').getByText('The connection to the coordinator is lost').waitFor();
    await untilText(page, 'step 20 of 215');
    stage.server.data.advance(30);
    stage.server.reachable();
    await untilText(page, 'step 30 of 215');
    stage.server.advance(34);
    await untilText(page, 'step 34 of 215');
    expect(await page.getByText('The connection to the coordinator is lost').count()).toBe(0);
    expect(stage.server.greetings.at(-1)?.have).toEqual({ runId: stage.server.data.runId, globalStep: 20 });
    expect(await stepsShown(page)).toEqual(Array.from({ length: 34 }, (_, index) => 34 - index));
  });

  it('goes back with a run that is resumed from a checkpoint', async () => {
    stage.server.advance(30);
    const page = await stage.open(OPERATOR_TOKEN);
    await untilText(page, 'step 30 of 215');
    stage.server.advance(25);
    await untilText(page, 'step 25 of 215');
    expect((await stepsShown(page))[0]).toBe(25);
    stage.server.advance(27);
    await untilText(page, 'step 27 of 215');
    expect(await stepsShown(page)).toEqual(Array.from({ length: 27 }, (_, index) => 27 - index));
  });

  it('gives a viewer nothing to press that changes the run', async () => {
    stage.server.advance(30);
    const page = await stage.open(VIEWER_TOKEN);
    await untilText(page, 'step 30 of 215');
    expect(await page.getByRole('tab').allTextContents()).toEqual([
      'Run',
      'Workers',
      'Model',
      'Runs',
      'Sweeps',
      'Log',
    ]);
    expect(await page.getByRole('button', { name: /Pause|Stop|Resume/ }).count()).toBe(0);
    await part(page, 'Workers');
    await page.getByRole('rowheader').first().waitFor();
    expect(await page.getByRole('button', { name: /Kill|Remove|Drain/ }).count()).toBe(0);
  });
});
