/** The page `/` in Chromium, told by a small coordinator what a real one would tell it. */
import { isDeepStrictEqual } from 'node:util';
import { AxeBuilder } from '@axe-core/playwright';
import { findPreset, SCENE_SENTENCES } from '@shoal/core';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FeedData } from './feedData.ts';
import { FeedServer, OPERATOR_TOKEN, VIEWER_TOKEN } from './feedServer.ts';
import { chromiumOfThisFile, openTab, pictures, type Tab, type TabOptions } from './modelHarness/tab.ts';

const browser = chromiumOfThisFile();
let server: FeedServer;
let url: string;
let tabs: Tab[];

beforeEach(async ({ skip }) => {
  if (browser() === null) skip();
  await serve(new FeedData());
  tabs = [];
});

afterEach(async () => {
  for (const tab of tabs) await tab.close();
  await server?.close();
});

async function serve(data: FeedData): Promise<void> {
  server = new FeedServer(data);
  url = await server.listen();
}

async function serveInstead(data: FeedData): Promise<void> {
  await server.close();
  await serve(data);
}

async function open(token: string, options: TabOptions = {}): Promise<Page> {
  const chromium = browser();
  if (chromium === null) throw new Error('There is no browser.');
  const tab = await openTab(chromium, token === '' ? url : `${url}#${token}`, options);
  tabs.push(tab);
  return tab.page;
}

/** As somebody does it who reads the page's own words. */
const part = (page: Page, name: string) => page.getByRole('tab', { name, exact: true }).click();

/** What a chart says of itself to whoever does not see it. */
const chart = (page: Page, title: string) => page.getByRole('img', { name: new RegExp(`^${title}`) });

/** Steps of the step loss, newest first, as its table shows them. */
async function stepsShown(page: Page): Promise<number[]> {
  await page.getByRole('button', { name: 'Table: Loss by step' }).click();
  const rows = page.getByRole('region', { name: 'Loss by step' }).locator('tbody th');
  await rows.first().waitFor();
  const cells = await rows.allTextContents();
  await page.getByRole('button', { name: 'Table: Loss by step' }).click();
  return cells.map(Number);
}

const untilText = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();

describe('the page of a run', () => {
  it('takes the token out of the address and keeps it while the tab is loaded again', async () => {
    const page = await open(OPERATOR_TOKEN);
    await page.getByRole('heading', { name: 'mnist-cnn' }).waitFor();
    expect(page.url()).toBe(url);
    await page.reload();
    await page.getByRole('heading', { name: 'mnist-cnn' }).waitFor();
    expect(await page.evaluate("sessionStorage.getItem('shoal-token')")).toBe(OPERATOR_TOKEN);
  });

  it('asks for a token without one, and says why one is refused', async () => {
    const page = await open('');
    const field = page.getByRole('textbox', { name: 'Link or token' });
    await field.fill('no-such-token');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('alert').getByText('This token is not known here.').waitFor();
    await field.fill(`${url}#${VIEWER_TOKEN}`);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('heading', { name: 'mnist-cnn' }).waitFor();
  });

  it('shows what the coordinator tells, from the first step to the result', async () => {
    const page = await open(OPERATOR_TOKEN);
    await page.getByRole('heading', { name: 'mnist-cnn' }).waitFor();
    await untilText(page, 'No points yet.');
    server.advance(300);
    await untilText(page, 'Epoch 2 of 12');
    await untilText(page, 'step 85 of 215');
    // Epochs are told after the progress, by messages of their own.
    await expect.poll(() => page.title()).toBe('training 2/12 · 87.9 % · mnist-cnn · Shoal');
    const saysOf = (title: string) => chart(page, title).getAttribute('aria-label');
    await expect.poll(() => saysOf('Loss by step')).toContain('step 300,');
    await expect.poll(() => saysOf('Loss by epoch')).toContain('epoch 1, training 0.47');
    server.advance(215 * 12);
    await page.getByRole('heading', { name: 'Result' }).waitFor();
    const { result } = server.data.run;
    await untilText(page, result?.parametersSha256 ?? 'no hash');
    await untilText(page, 'the same bits');
    expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0);
    expect(await page.evaluate("document.querySelector('progress').position")).toBe(1);
  });

  it('draws the charts out of view too, to the last step', async () => {
    const tall = await open(OPERATOR_TOKEN, { height: 3000 });
    const low = await open(OPERATOR_TOKEN, { height: 400 });
    server.advance(100);
    for (const page of [tall, low])
      await chart(page, 'Loss by step')
        .and(page.getByRole('img', { name: /step 100,/ }))
        .waitFor();
    server.advance(215 * 12);
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
    server.advance(20);
    const page = await open(OPERATOR_TOKEN);
    await untilText(page, 'step 20 of 215');
    server.unreachable();
    await page.getByRole('status').getByText('The connection to the coordinator is lost').waitFor();
    await untilText(page, 'step 20 of 215');
    server.data.advance(30);
    server.reachable();
    await untilText(page, 'step 30 of 215');
    server.advance(34);
    await untilText(page, 'step 34 of 215');
    expect(await page.getByText('The connection to the coordinator is lost').count()).toBe(0);
    expect(server.greetings.at(-1)?.have).toEqual({ runId: server.data.runId, globalStep: 20 });
    expect(await stepsShown(page)).toEqual(Array.from({ length: 34 }, (_, index) => 34 - index));
  });

  it('goes back with a run that is resumed from a checkpoint', async () => {
    server.advance(30);
    const page = await open(OPERATOR_TOKEN);
    await untilText(page, 'step 30 of 215');
    server.advance(25);
    await untilText(page, 'step 25 of 215');
    expect((await stepsShown(page))[0]).toBe(25);
    server.advance(27);
    await untilText(page, 'step 27 of 215');
    expect(await stepsShown(page)).toEqual(Array.from({ length: 27 }, (_, index) => 27 - index));
  });

  it('gives a viewer nothing to press that changes the run', async () => {
    server.advance(30);
    const page = await open(VIEWER_TOKEN);
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

describe('an operator', () => {
  it('pauses at once, and stops only after saying so twice', async () => {
    server.advance(10);
    const page = await open(OPERATOR_TOKEN);
    await page.getByRole('button', { name: 'Pause' }).click();
    // Requests of one page may overtake each other on their way.
    await expect.poll(() => server.asked.length).toBe(1);
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Stop and keep the best' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop and keep the best' }).click();
    await expect
      .poll(() => server.asked.map(({ path }) => path))
      .toEqual(['/api/run/pause', '/api/run/finish']);
  });

  it('disturbs the chosen worker of this machine, and sends others away', async () => {
    const page = await open(OPERATOR_TOKEN);
    await part(page, 'Workers');
    await page.getByRole('radio', { name: /local-2/ }).check();
    await page.getByRole('button', { name: 'Freeze' }).click();
    await expect.poll(() => server.asked.length).toBe(1);
    await page.getByRole('button', { name: 'Add a worker' }).click();
    await expect.poll(() => server.asked.length).toBe(2);
    await page.getByRole('button', { name: 'Remove: volunteer-4' }).click();
    await expect
      .poll(() => server.asked)
      .toEqual([
        { path: '/api/local/local-2', body: { action: 'freeze' } },
        { path: '/api/local', body: { action: 'add' } },
        { path: '/api/workers/4', body: { action: 'remove' } },
      ]);
  });

  it('changes how workers are checked, while the run goes on', async () => {
    const page = await open(OPERATOR_TOKEN);
    await part(page, 'Workers');
    const spotCheck = page.getByRole('textbox', { name: 'Checked (%)' });
    expect(await spotCheck.inputValue()).toBe('5');
    await spotCheck.fill('20');
    await page.getByRole('textbox', { name: 'Must agree' }).fill('2');
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await expect
      .poll(() => server.asked)
      .toEqual([{ path: '/api/run/trust', body: { spotCheck: 0.2, quorum: 2 } }]);
  });

  it('sorts the workers by keyboard', async () => {
    const page = await open(OPERATOR_TOKEN);
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
    const page = await open(OPERATOR_TOKEN);
    await page.getByRole('tab', { name: 'Run', exact: true }).focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.getByRole('tab', { selected: true }).textContent()).toBe('Workers');
    await page.keyboard.press('End');
    expect(await page.getByRole('tab', { selected: true }).textContent()).toBe('Log');
    await page.keyboard.press('ArrowRight');
    expect(await page.getByRole('tab', { selected: true }).textContent()).toBe('Run');
  });

  it('is told what is wrong with a spec in the words of the command line, and starts it when it is mended', async () => {
    await serveInstead(new FeedData());
    server.advance(215 * 12);
    const page = await open(OPERATOR_TOKEN);
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
    await expect.poll(() => server.asked.length).toBe(1);
    expect(server.asked[0]).toMatchObject({
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
    const page = await open(OPERATOR_TOKEN);
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
    server.advance(215 * 12);
    const page = await open(OPERATOR_TOKEN);
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
      await serveInstead(new FeedData({ spec: { ...findPreset('mnist-cnn'), about } }));
      for (const [locale, sentence] of [
        ['en', en],
        ['zh-CN', zh],
      ] as const) {
        const page = await open(OPERATOR_TOKEN, { locale });
        await expect.poll(() => page.locator('.head .about').innerText()).toBe(sentence);
      }
    }
  });

  it('finds an entry of the log', async () => {
    const page = await open(OPERATOR_TOKEN);
    await part(page, 'Log');
    const entries = page.getByRole('listitem');
    const all = server.data.events.length;
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
    const page = await open(OPERATOR_TOKEN);
    await page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })");
    await part(page, 'Join');
    const link = server.data.snapshot('operator', null).join?.links[0] ?? '';
    // It is said for some seconds: looked for before it comes.
    const said = untilText(page, /^(Copied|Selected: press Ctrl\+C)$/);
    await page.getByRole('button', { name: `Copy: ${link}`, exact: true }).click();
    await said;
    expect(await page.evaluate('getSelection().toString()')).toBe(link);
  });
});

/** Every part, so that nothing hides behind a tab. */
async function eachPart(page: Page, look: (name: string) => Promise<void>): Promise<void> {
  const names = await page.getByRole('tab').allTextContents();
  for (const name of names) {
    await part(page, name);
    await page.waitForTimeout(300);
    await look(name);
  }
}

describe('whoever looks', () => {
  for (const theme of ['light', 'dark'] as const) {
    for (const [locale, width] of [
      ['en', 1440],
      ['zh-CN', 390],
    ] as const) {
      it(`meets no serious barrier: ${theme}, ${locale}, ${width} pixels`, async () => {
        server.advance(2_200);
        const page = await open(OPERATOR_TOKEN, { theme, locale, width, height: 900 });
        await page.getByRole('heading', { name: 'mnist-cnn' }).waitFor();
        await eachPart(page, async (name) => {
          const { violations } = await new AxeBuilder({ page }).analyze();
          const held = violations.filter(
            ({ id, impact }) => impact === 'serious' || impact === 'critical' || id === 'heading-order',
          );
          expect(
            held.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
            name,
          ).toEqual([]);
          const wider = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
          expect(wider, `${name} is wider than its window`).toBeLessThanOrEqual(0);
        });
      });
    }
  }

  it('chooses language and colours, and keeps them', async () => {
    const page = await open(VIEWER_TOKEN);
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByRole('button', { name: '深色' }).click();
    await page.reload();
    await page.getByRole('tab', { name: '训练', exact: true }).waitFor();
    expect(await page.evaluate('document.documentElement.lang')).toBe('zh-CN');
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
  });

  it('causes nothing that the content security policy would refuse, nor an error', async () => {
    await serveInstead(new FeedData({ workers: 200 }));
    server.advance(2_000);
    const page = await open(OPERATOR_TOKEN);
    await page.getByRole('heading', { name: 'mnist-cnn' }).waitFor();
    await page.evaluate(
      "refused = []; addEventListener('securitypolicyviolation', (event) => refused.push(event.violatedDirective))",
    );
    await eachPart(page, async () => {});
    expect(await page.evaluate('refused')).toEqual([]);
    // What the model's part asks for is not served here.
    const complaints = tabs.flatMap((tab) => tab.complaints).filter((text) => !text.includes('404'));
    expect(complaints).toEqual([]);
  });
});
