/** Slow motion on the page: a run at a chosen pace, by key, and at full speed again, with the bits that it has without. */
import {
  findPreset,
  type RunDetail,
  splitForRun,
  tableDataSet,
  trainAlone,
  wasmStrictEngine,
} from '@shoal/core';
import { expect, it } from 'vitest';
import { pageOfOwnCoordinator, post, read } from './ownCoordinator.ts';

const RUN_MS = 120_000;

const onPage = pageOfOwnCoordinator();

it('makes one step for a press of N and no other, and ends with the bits of a run without a pace', ({
  skip,
}) =>
  onPage(skip, async ({ page, complaints }, link) => {
    const spec = findPreset('mlp-xor');
    const answer = await post(link, '/api/runs', { spec: { preset: 'mlp-xor' } });
    const { runId } = (await answer.json()) as { readonly runId: string };
    const stepsDone = async (): Promise<number> =>
      (await read<RunDetail>(link, `/api/runs/${runId}`)).steps.globalStep.length;

    // Nobody computes yet: the pace is there before the first step.
    await page.getByRole('combobox', { name: 'Pace' }).selectOption('0.5');
    await page.getByText('slow motion: 0.5 steps a second').waitFor();
    const rests = () => page.locator('.head .mark', { hasText: 'paused' }).waitFor({ timeout: RUN_MS });
    await page.keyboard.press('n');
    await rests();
    await post(link, '/api/local', { action: 'add' });
    for (let pressed = 1; pressed <= 4; pressed += 1) {
      if (pressed > 1) await page.keyboard.press('n');
      await expect.poll(stepsDone, { timeout: RUN_MS }).toBe(pressed);
      await rests();
    }
    // An epoch of it is a step, and the one is shown that is next.
    await page.getByText(`epoch 5 of ${spec.epochs}`).waitFor();
    expect(await stepsDone()).toBe(4);

    await page.getByRole('button', { name: 'Full speed' }).click();
    await page.locator('[data-pace="full"]').waitFor();
    await expect.poll(() => page.getByText('slow motion').count()).toBe(0);
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('heading', { name: 'Result' }).waitFor({ timeout: RUN_MS });
    const data = splitForRun(tableDataSet('xor'), { source: 'table', table: 'xor' }, spec.seed);
    const { parametersSha256 } = await trainAlone({ spec, data, engine: wasmStrictEngine });
    expect(await page.locator('.hash code').innerText()).toBe(parametersSha256);
    expect(complaints).toEqual([]);
  }));
