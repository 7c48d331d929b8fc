/** What an operator does on the page `/`: what the coordinator is asked, and what is shown where nothing is asked of it. */
import { findPreset, SCENE_SENTENCES } from '@shoal/core';
import { describe, expect, it } from 'vitest';
import { FeedData } from './feedData.ts';
import { OPERATOR_TOKEN } from './feedServer.ts';
import { chart, feedStage, part, untilText } from './feedStage.ts';

const stage = feedStage();

describe('an operator', () => {
  it('pauses at once, and stops only after saying so twice', async () => {
    stage.server.advance(10);
    const page = await stage.open(OPERATOR_TOKEN);
    await page.getByRole('button', { name: 'Pause' }).click();
    // Requests of one page may overtake each other on their way.
    await expect.poll(() => stage.server.asked.length).toBe(1);
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Stop and keep the best' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop and keep the best' }).click();
    await expect
      .poll(() => stage.server.asked.map(({ path }) => path))
      .toEqual(['/api/run/pause', '/api/run/finish']);
  });

  it('disturbs the chosen worker of this machine, and sends others away', async () => {
    const page = await stage.open(OPERATOR_TOKEN);
    await part(page, 'Workers');
    await page.getByRole('radio', { name: /local-2/ }).check();
    await page.getByRole('button', { name: 'Freeze' }).click();
    await expect.poll(() => stage.server.asked.length).toBe(1);
    await page.getByRole('button', { name: 'Add a worker' }).click();
    await expect.poll(() => stage.server.asked.length).toBe(2);
    await page.getByRole('button', { name: 'Remove: volunteer-4' }).click();
    await expect
      .poll(() => stage.server.asked)
      .toEqual([
        { path: '/api/local/local-2', body: { action: 'freeze' } },
        { path: '/api/local', body: { action: 'add' } },
        { path: '/api/workers/4', body: { action: 'remove' } },
      ]);
  });

  it('changes how workers are checked, while the run goes on', async () => {
    const page = await stage.open(OPERATOR_TOKEN);
    await part(page, 'Workers');
    const spotCheck = page.getByRole('textbox', { name: 'Checked (%)' });
    expect(await spotCheck.inputValue()).toBe('5');
    await spotCheck.fill('20');
    await page.getByRole('textbox', { name: 'Must agree' }).fill('2');
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await expect
      .poll(() => stage.server.asked)
      .toEqual([{ path: '/api/run/trust', body: { spotCheck: 0.2, quorum: 2 } }]);
  });

  it('sorts the workers by keyboard', async () => {
    const page = await stage.open(OPERATOR_TOKEN);
    await part(page, 'Workers');
    const sort = page.getByRole('button', { name: 'Sort by Counted/s' });
    const speeds = async (): Promise<number[]> =>
      (await page.locator('.workers tbody td:nth-child(3)').allInnerTexts()).map((text) =>
        Number(text.split('\n')[0]?.replaceAll(',', '')),
      );
    await sort.focus();
    await page.keyboard.press('Enter');
    expect(await speeds()).toEqual((await speeds()).sort((a, b) => b - a));
    await page.keyboard.press('Enter');
    expect(await speeds()).toEqual((await speeds()).sort((a, b) => a - b));
    expect(await page.getByRole('columnheader', { name: /Counted\/s/ }).getAttribute('aria-sort')).toBe(
      'ascending',
    );
  });

  it('moves between the parts with the arrow keys', async () => {
    const page = await stage.open(OPERATOR_TOKEN);
    await page.getByRole('tab', { name: 'Run', exact: true }).focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.getByRole('tab', { selected: true }).textContent()).toBe('Workers');
    await page.keyboard.press('End');
    expect(await page.getByRole('tab', { selected: true }).textContent()).toBe('Log');
    await page.keyboard.press('ArrowRight');
    expect(await page.getByRole('tab', { selected: true }).textContent()).toBe('Run');
  });

  it('is told what is wrong with a spec in the words of the command line, and starts it when it is mended', async () => {
    await stage.serveInstead(new FeedData());
    stage.server.advance(215 * 12);
    const page = await stage.open(OPERATOR_TOKEN);
    await part(page, 'Start');
    const start = page.getByRole('button', { name: 'Start this run' });
    const microbatch = page.getByRole('textbox', { name: 'Samples a microbatch' });
    await microbatch.fill('1000');
    await untilText(page, 'microbatch is 1000 but batch is 256');
    expect(await microbatch.getAttribute('aria-invalid')).toBe('true');
    expect(await start.isDisabled()).toBe(true);
    await microbatch.fill('64');
    const optimizer = page.getByRole('group', { name: 'Optimizer' });
    await optimizer.getByRole('combobox', { name: 'Kind' }).selectOption('momentum');
    await page.getByRole('textbox', { name: 'Learning rate', exact: true }).fill('0.');
    await untilText(page, 'optimizer.lr must be a number above 0');
    await page.getByRole('textbox', { name: 'Learning rate', exact: true }).fill('0.05');
    await page.getByRole('combobox', { name: 'Kind of layer 2', exact: true }).selectOption('gelu');
    await start.click();
    await expect.poll(() => stage.server.asked.length).toBe(1);
    expect(stage.server.asked[0]).toMatchObject({
      path: '/api/runs',
      body: {
        spec: {
          name: 'mnist-cnn',
          microbatch: 64,
          optimizer: { type: 'momentum', lr: 0.05, momentum: 0.9 },
          model: { layers: [{ type: 'conv2d' }, { type: 'gelu' }, {}, {}, {}, {}, {}, {}] },
        },
      },
    });
  });

  it('is told which exchange suits the lines that are there, and takes it over', async () => {
    const page = await stage.open(OPERATOR_TOKEN);
    await part(page, 'Start');
    await page.getByRole('combobox', { name: 'Begin with' }).selectOption('mnist-mlp');
    await page.getByRole('textbox', { name: 'Workers on other machines' }).fill('30');
    const exchanges = page.getByRole('region', { name: 'What could travel instead' });
    const recommended = exchanges.getByRole('row').filter({ hasText: 'recommended' });
    await expect.poll(() => recommended.innerText()).toContain('Rounds of local steps');
    await recommended.getByRole('button', { name: 'Take this one' }).click();
    await expect.poll(() => recommended.innerText()).toContain('chosen');
    const replicas = page.getByRole('textbox', { name: 'Replicas' });
    await expect.poll(() => replicas.inputValue()).toBe('8');
  });

  it('opens, compares and starts past runs again', async () => {
    stage.server.advance(215 * 12);
    const page = await stage.open(OPERATOR_TOKEN);
    await part(page, 'Runs');
    await page.getByRole('checkbox', { name: /mnist-cnn-20260309-1331/ }).check();
    await page.getByRole('checkbox', { name: /mnist-mlp/ }).check();
    await page.getByRole('rowheader', { name: 'model.layers' }).waitFor();
    await page.getByRole('combobox', { name: 'Metric' }).selectOption('trainLoss');
    await expect
      .poll(() => chart(page, 'Training loss by epoch').getAttribute('aria-label'))
      .toContain('mnist-mlp 0.');
    await page.getByRole('button', { name: /^Open: mnist-cnn mnist-cnn-20260309-1331/ }).click();
    await page.getByRole('heading', { name: 'Result' }).waitFor();
    await page.getByRole('button', { name: /^Start again…: mnist-mlp/ }).click();
    const written = (name: string) => page.getByRole('textbox', { name, exact: true }).inputValue();
    await expect.poll(() => written('Name')).toBe('mnist-mlp');
    await expect.poll(() => written('Epochs')).toBe('8');
    // Checked as it was, though that is no part of the spec that everybody sees.
    const trust = page.getByRole('group', { name: 'Trust' });
    const typed = () =>
      trust.getByRole('textbox').evaluateAll((all) => all.map((field) => (field as HTMLInputElement).value));
    await expect.poll(typed).toEqual(['0.25', '3']);
  });

  it('tells what the run of a scene shows in the language of whoever reads, not of who opened it', async () => {
    const { en, zh } = SCENE_SENTENCES.digits;
    for (const about of [en, zh]) {
      await stage.serveInstead(new FeedData({ spec: { ...findPreset('mnist-cnn'), about } }));
      for (const [locale, sentence] of [
        ['en', en],
        ['zh-CN', zh],
      ] as const) {
        const page = await stage.open(OPERATOR_TOKEN, { locale });
        await expect.poll(() => page.locator('.head .about').innerText()).toBe(sentence);
      }
    }
  });

  it('finds an entry of the log', async () => {
    const page = await stage.open(OPERATOR_TOKEN);
    await part(page, 'Log');
    const entries = page.getByRole('listitem');
    const all = stage.server.data.events.length;
    await expect.poll(() => entries.count()).toBe(all);
    await page.getByRole('combobox', { name: 'Level' }).selectOption('warn');
    await expect
      .poll(() => entries.allInnerTexts())
      .toEqual([expect.stringContaining('A lease of local-3 is late')]);
    await page.getByRole('combobox', { name: 'Level' }).selectOption('');
    await page.getByRole('searchbox', { name: 'Contains' }).fill('volunteer joined');
    await expect.poll(() => entries.count()).toBe(1);
  });

  it('can copy the link where there is no clipboard to write to', async () => {
    const page = await stage.open(OPERATOR_TOKEN);
    await page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })");
    await part(page, 'Join');
    const link = stage.server.data.snapshot('operator', null).join?.links[0] ?? '';
    // It is said for some seconds: looked for before it comes.
    const said = untilText(page, /^(Copied|Selected: press Ctrl\+C)$/);
    await page.getByRole('button', { name: `Copy: ${link}`, exact: true }).click();
    await said;
    expect(await page.evaluate('getSelection().toString()')).toBe(link);
  });
});
