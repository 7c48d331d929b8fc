/** A coordinator of a test's own that waits for runs, its page as the operator sees it, and what can be asked of it besides. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { chromiumOfThisFile, closeTabs, openTab, type Tab } from './modelHarness/tab.ts';
import { OwnProcess, withFolder } from './ownProcess.ts';

const SHOAL = fileURLToPath(new URL('../../packages/coordinator/bin/shoal.js', import.meta.url));

/** @param link to the dashboard, with the operator's token behind the `#` */
type Act = (tab: Tab, link: URL, browser: Browser) => Promise<void>;

/** Called at the top of a file; what it gives opens a coordinator and its page for one test, and puts both away. */
export function pageOfOwnCoordinator() {
  const chromium = chromiumOfThisFile();
  return async (skip: (why: string) => void, act: Act, options: readonly string[] = []): Promise<void> => {
    const browser = chromium();
    if (browser === null) return skip('Chromium is not installed here.');
    try {
      await withFolder('dashboard', async (folder) => {
        const args = ['serve', '--host', '127.0.0.1', '--out', join(folder, 'runs'), ...options];
        const coordinator = OwnProcess.start(process.execPath, [SHOAL, ...args]);
        try {
          const link = await coordinator.says(/dashboard\s+(\S+)/);
          await act(await openTab(browser, link), new URL(link), browser);
        } finally {
          await coordinator.end({ asked: false });
        }
      });
    } finally {
      await closeTabs(browser);
    }
  };
}

async function ask(link: URL, path: string, init: RequestInit): Promise<Response> {
  const headers = { authorization: `Bearer ${link.hash.slice(1)}`, 'content-type': 'application/json' };
  return fetch(new URL(path, link), { ...init, headers });
}

export const post = (link: URL, path: string, body: object = {}): Promise<Response> =>
  ask(link, path, { method: 'POST', body: JSON.stringify(body) });

/** @throws Error where the answer is none */
export async function read<T>(link: URL, path: string): Promise<T> {
  const answer = await ask(link, path, { method: 'GET' });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}
