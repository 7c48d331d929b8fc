/** The page's sweeps with a real coordinator: started from the form, watched as a table and as lines, and the queue. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { chromiumOfThisFile, closeTabs, openTab } from './modelHarness/tab.ts';
import { OwnProcess, withFolder } from './ownProcess.ts';

const SHOAL = fileURLToPath(new URL('../../packages/coordinator/bin/shoal.js', import.meta.url));
const RUN_MS = 120_000;

const chromium = chromiumOfThisFile();

it('starts a sweep from the form, marks the best, brings trials out by keyboard, and lets a run wait behind it', async ({
  skip,
}) => {
  const browser = chromium();
  if (browser === null) return skip('Chromium is not installed here.');
  try {
    await withFolder('sweep', async (folder) => {
      const args = ['serve', '--host', '127.0.0.1', '--workers', '1', '--out', join(folder, 'runs')];
      const coordinator = OwnProcess.start(process.execPath, [SHOAL, ...args]);
      try {
        const link = await coordinator.says(/dashboard\s+(\S+)/);
        const { page, complaints } = await openTab(browser, link);
        const picture = async (name: string): Promise<void> => {
          const place = process.env.SHOAL_PICTURES;
          if (place === undefined) return;
          await mkdir(place, { recursive: true });
          await page.screenshot({ path: join(place, `${name}.png`), fullPage: true });
        };
        await page.getByRole('tab', { name: 'Sweeps', exact: true }).click();
        const form = page.getByRole('region', { name: 'New sweep' });
        await form.getByRole('textbox', { name: 'Name' }).fill('xor-rates');
        await form.getByRole('combobox', { name: 'Begin with' }).selectOption('mlp-xor');
        await form.getByRole('textbox', { name: 'Values' }).fill('0.3, 0.03, 0.003');

        // A truth table has no validation set: said before anything begins.
        await form.getByRole('button', { name: 'Check' }).click();
        await page.getByText('sweep.objective.metric is validationLoss').waitFor();
        await form.getByRole('combobox', { name: 'Best by' }).selectOption('trainLoss');
        await form.getByRole('button', { name: 'Another field' }).click();
        await form.getByRole('textbox', { name: 'Field of the spec' }).last().fill('model.layers.0.units');
        await form.getByRole('textbox', { name: 'Values' }).last().fill('4, 8');
        await form.getByRole('button', { name: 'Check' }).click();
        await form.getByText('Right as it stands: 6 trials.').waitFor();
        await picture('form-en');
        await form.getByRole('button', { name: 'Start this sweep' }).click();

        // A run that is started meanwhile waits behind the whole sweep.
        const headers = { authorization: `Bearer ${new URL(link).hash.slice(1)}` };
        const asked = await fetch(new URL('/api/runs', link), {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify({ spec: { preset: 'mlp-xor', name: 'afterwards', epochs: 5 } }),
        });
        expect([201, 202]).toContain(asked.status);

        const opened = page.getByRole('region', { name: 'xor-rates' });
        const trials = opened.getByRole('region', { name: 'Trials', exact: true });
        const rows = trials.locator('tbody tr');
        await expect
          .poll(() => page.getByRole('row', { name: /xor-rates/ }).innerText(), { timeout: RUN_MS })
          .toContain('6 of 6');
        await expect.poll(() => rows.count(), { timeout: RUN_MS }).toBe(6);
        await expect.poll(() => trials.innerText(), { timeout: RUN_MS }).not.toMatch(/not begun|training$/m);
        expect(await rows.first().innerText()).toContain('best');
        const losses = (await trials.locator('tbody td:nth-child(4)').allInnerTexts()).map(Number);
        expect(losses).toEqual([...losses].sort((a, b) => a - b));

        expect(await opened.locator('polyline').count()).toBe(6);
        const lines = opened.getByRole('group', { name: /6 trials as lines/ });
        await lines.focus();
        await page.keyboard.press('ArrowDown');
        await opened
          .getByText(/^Trial 1: optimizer\.lr 0\.3, model\.layers\.0\.units 4; training loss/)
          .waitFor();
        await page.keyboard.press('ArrowDown');
        await opened.getByText(/^Trial 2: /).waitFor();
        expect(await opened.locator('polyline.shown').count()).toBe(1);
        await picture('sweep-en');
        await rows.nth(2).hover();
        expect(await opened.locator('polyline.shown').count()).toBe(1);

        // Of 0.003, 0.03 and 0.3 the lower end leaves out one value with each key.
        const lower = opened.getByRole('slider', { name: 'optimizer.lr, from' });
        await lower.focus();
        await page.keyboard.press('ArrowUp');
        await opened.getByText('4 of 6 trials within: optimizer.lr 0.03 to 0.3.').waitFor();
        expect(await lower.getAttribute('aria-valuetext')).toBe('0.03');
        expect([await rows.count(), await opened.locator('polyline.outside').count()]).toEqual([4, 2]);
        await page.keyboard.press('ArrowUp');
        await opened.getByText('2 of 6 trials within: optimizer.lr 0.3.').waitFor();
        await page.keyboard.press('Tab');
        await page.keyboard.press('ArrowDown');
        await opened.getByText('1 of 6 trials within: optimizer.lr 0.3; model.layers.0.units 4.').waitFor();
        await picture('ranges-en');
        await opened.getByRole('button', { name: 'All trials again' }).click();
        expect([await rows.count(), await opened.locator('polyline.outside').count()]).toEqual([6, 0]);
        // Drawn with a pointer around the middle of the first axis. What waits stands above it, and moves it when it has begun.
        await page.locator('.queue').waitFor({ state: 'detached', timeout: RUN_MS });
        const axis = (await opened.locator('.reach').first().boundingBox()) ?? {
          x: 0,
          y: 0,
          width: 0,
          height: 0,
        };
        const x = axis.x + axis.width / 2;
        await page.mouse.move(x, axis.y + axis.height * 0.4);
        await page.mouse.down();
        await page.mouse.move(x, axis.y + axis.height * 0.6, { steps: 4 });
        await page.mouse.up();
        await opened.getByText(/^2 of 6 trials within: optimizer\.lr 0\.0\d+ to 0\.0\d+\.$/).waitFor();
        expect(await trials.locator('tbody td:nth-child(2)').allInnerTexts()).toEqual(['0.03', '0.03']);

        await page.getByRole('button', { name: '中文' }).click();
        await page.getByRole('heading', { name: '超参数搜索' }).waitFor();
        await opened.getByText(/^6 次试验中有 2 次在范围内：optimizer\.lr/).waitFor();
        await picture('sweep-zh');
        await opened.getByRole('slider', { name: 'optimizer.lr，上限' }).focus();
        await page.keyboard.press('Escape');
        await expect.poll(() => opened.locator('.trials tbody tr').count()).toBe(6);
        expect(await page.locator('main').innerText()).not.toMatch(/\b(?:Trial|Queue|Values|Sweep)\b/);
        expect(complaints.filter((text) => !text.includes('400'))).toEqual([]);
      } finally {
        await coordinator.end({ asked: false });
      }
    });
  } finally {
    await closeTabs(browser);
  }
});
