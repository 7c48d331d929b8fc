/** Training on from a finished run, on the page of a real coordinator: chosen, refused where it does not fit, started, shown. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, it } from 'vitest';
import { digits } from '../support/specs.ts';
import { chromiumOfThisFile, closeTabs, openTab } from './modelHarness/tab.ts';
import { OwnProcess, withFolder } from './ownProcess.ts';

const SHOAL = fileURLToPath(new URL('../../packages/coordinator/bin/shoal.js', import.meta.url));
const RUN_MS = 120_000;
/** A folder for pictures of what is tested, to be looked at; none are made without. */
const PICTURES = process.env.SHOAL_PICTURES;

const chromium = chromiumOfThisFile();

const SPEC = digits({ units: 12, limit: 300, validation: 50 }, { name: 'first look', epochs: 2 });

it('trains on from the model of a finished run, with its first layers frozen', async ({ skip }) => {
  const browser = chromium();
  if (browser === null) return skip('Chromium is not installed here.');
  try {
    await withFolder('dashboard-initial', async (folder) => {
      const args = ['serve', '--host', '127.0.0.1', '--port', '0', '--workers', '1', '--out', folder];
      const coordinator = OwnProcess.start(process.execPath, [SHOAL, ...args]);
      try {
        const link = await coordinator.says(/dashboard\s+(\S+)/);
        const { origin, hash } = new URL(link);
        const headers = { authorization: `Bearer ${decodeURIComponent(hash.slice(1))}` };
        const begun = await fetch(`${origin}/api/runs`, {
          ...{ method: 'POST', headers: { ...headers, 'content-type': 'application/json' } },
          body: JSON.stringify({ spec: SPEC }),
        });
        const { runId } = (await begun.json()) as { readonly runId: string };
        const { page, complaints } = await openTab(browser, link);
        const picture = async (name: string): Promise<void> => {
          if (PICTURES !== undefined)
            await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
        };

        await page
          .getByRole('button', { name: 'Train on from this model…' })
          .first()
          .click({ timeout: RUN_MS });
        const group = page.getByRole('group', { name: 'Begin with a model' });
        const chosen = group.getByRole('combobox', { name: 'Model of the run' });
        await expect.poll(() => chosen.inputValue()).toBe(runId);
        await expect
          .poll(() => chosen.locator('option:checked').innerText())
          .toMatch(/ · digits · \d+\.\d+ %$/);
        const problems = page.locator('#spec-problems');
        await problems.getByText('The spec is complete.').waitFor();

        // All of its layers frozen leave nothing to train.
        await group.getByRole('checkbox', { name: 'Freeze these layers' }).check();
        await problems.getByText(/initial\.frozen leaves nothing to train: all 4 layers/).waitFor();
        await group.getByRole('textbox', { name: 'First layers taken' }).fill('9');
        await problems.getByText('initial.layers is 9, but model.layers has 4 entries').waitFor();
        const layers = group.getByRole('textbox', { name: 'First layers taken' });
        expect(await layers.getAttribute('aria-invalid')).toBe('true');
        await layers.fill('3');
        await problems.getByText('The spec is complete.').waitFor();
        await picture('initial-en');

        // A layer of another size is told by the coordinator, which has the file.
        const units = page.getByRole('listitem').nth(1).getByRole('textbox', { name: 'Units' });
        await units.fill('13');
        await problems
          .getByText(/The model to begin with does not fit at layer 2: the file has dense2\.weight/)
          .waitFor();
        await page.getByRole('button', { name: '中文' }).click();
        await problems.getByText(/起始模型在第 2 层不匹配/).waitFor();
        await page.getByRole('group', { name: '从已有模型开始' }).waitFor();
        await picture('initial-zh');
        const { violations } = await new AxeBuilder({ page })
          .include('#spec-problems')
          .include('.form')
          .analyze();
        expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
        await page.getByRole('button', { name: 'English' }).click();
        await units.fill('12');
        await problems.getByText('The spec is complete.').waitFor();

        await page.getByRole('button', { name: 'Start this run' }).click();
        const shown = page.locator('.spec').getByText(`${runId} · the first 3 layers · frozen`);
        await shown.waitFor({ timeout: RUN_MS });
        await page.getByRole('heading', { name: 'Result' }).waitFor({ timeout: RUN_MS });
        await picture('initial-run');

        // From the list of runs as well, and none is chosen again with one press.
        await page.locator('#tab-runs').click();
        await page.getByRole('button', { name: 'Open' }).first().click();
        await page.getByRole('button', { name: 'Train on from this model…' }).first().click();
        await expect.poll(() => chosen.inputValue()).not.toBe(runId);
        await chosen.selectOption('');
        expect(await group.getByRole('checkbox').count()).toBe(0);
        expect(complaints.filter((text) => !text.includes('400'))).toEqual([]);
      } finally {
        await coordinator.end({ asked: false });
      }
    });
  } finally {
    await closeTabs(browser);
  }
});
