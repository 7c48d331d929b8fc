/** Both pages behind a proxy: below a path, where everything is looked for beside them, and without the host's name. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { freePort } from '../../packages/coordinator/src/cluster/freePort.suite.ts';
import { startProxy } from '../support/proxy.ts';
import { chromiumOfThisFile, closeTabs, openTab } from './modelHarness/tab.ts';
import { OwnProcess, withFolder } from './ownProcess.ts';

const SHOAL = fileURLToPath(new URL('../../packages/coordinator/bin/shoal.js', import.meta.url));

const chromium = chromiumOfThisFile();

it.for([true, false])(
  'a run is started, looked into and joined below a path; the proxy takes the path away: %s',
  async (strips, { skip }) => {
    const browser = chromium();
    if (browser === null) return skip('Chromium is not installed here.');
    const [port, front] = [await freePort(), await freePort()];
    const publicUrl = `http://127.0.0.1:${front}/lab/shoal/`;
    try {
      await withFolder('base-path', async (folder) => {
        const where = ['--host', '127.0.0.1', '--port', String(port), '--out', join(folder, 'runs')];
        const args = ['serve', ...where, '--public-url', publicUrl];
        const coordinator = OwnProcess.start(process.execPath, [SHOAL, ...args]);
        try {
          const link = await coordinator.says(/dashboard\s+(\S+)/);
          const joinLink = await coordinator.says(/join\s+(\S+)/);
          expect(link.startsWith(publicUrl)).toBe(true);
          const target = `http://127.0.0.1:${port}`;
          await startProxy({ port: front, target, path: '/lab/shoal/', strips, passesHost: true });
          const operator = await openTab(browser, link);
          const { page } = operator;
          await page.getByRole('tab', { name: 'Start', exact: true }).click();
          await page.getByRole('combobox', { name: 'Begin with' }).selectOption('mlp-xor');
          await page.getByRole('button', { name: 'Start this run' }).click();
          const volunteer = await openTab(browser, joinLink);
          await volunteer.page.getByRole('button', { name: /^Join/ }).click();
          // Nobody else computes.
          await page.getByRole('heading', { name: 'Result' }).waitFor({ timeout: 120_000 });
          // Its arithmetic is done by a script of its own, with parameters from the interface.
          await page.getByRole('tab', { name: 'Model', exact: true }).click();
          const card = page.getByRole('region', { name: 'Check a gradient' });
          await card.getByRole('button', { name: 'Take a weight that matters' }).click();
          await card.locator('[data-relative]').waitFor();
          expect(operator.complaints).toEqual([]);
          expect(volunteer.complaints).toEqual([]);
          // A link that was damaged on its way, or made up, is refused in a sentence.
          const damaged = await openTab(browser, `${publicUrl}#%E0%A4%A`);
          await damaged.page.getByText('The token is missing or wrong').waitFor();
        } finally {
          await coordinator.end({ asked: false });
        }
      });
    } finally {
      await closeTabs(browser);
    }
  },
);

it('behind a proxy that does not pass on Host both pages say what to set', async ({ skip }) => {
  const browser = chromium();
  if (browser === null) return skip('Chromium is not installed here.');
  const [port, front] = [await freePort(), await freePort()];
  const origin = `http://127.0.0.1:${front}`;
  try {
    await withFolder('no-host', async (folder) => {
      const where = ['--host', '127.0.0.1', '--port', String(port), '--out', join(folder, 'runs')];
      const coordinator = OwnProcess.start(process.execPath, [SHOAL, 'serve', ...where]);
      try {
        const link = new URL(await coordinator.says(/dashboard\s+(\S+)/));
        const joinLink = new URL(await coordinator.says(/join\s+(\S+)/));
        await startProxy({ port: front, target: link.origin, path: '/', strips: false, passesHost: false });
        const says = `A page at ${origin} was refused`;
        const { page } = await openTab(browser, `${origin}/${link.hash}`);
        await page.getByText(says).waitFor();
        const volunteer = await openTab(browser, `${origin}/join${joinLink.hash}`);
        await volunteer.page.getByRole('button', { name: /^Join/ }).click();
        await volunteer.page.getByText(says).waitFor();
      } finally {
        await coordinator.end({ asked: false });
      }
    });
  } finally {
    await closeTabs(browser);
  }
});
