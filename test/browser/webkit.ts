/**
 * WebKitGTK's MiniBrowser over W3C WebDriver (https://www.w3.org/TR/webdriver2/), on a virtual display of its own: it
 * has no headless mode.
 */
import { join } from 'node:path';
import { freePort } from '../../packages/coordinator/src/cluster/freePort.suite.ts';
import { OwnProcess, withFolder } from './ownProcess.ts';

const START_TIMEOUT_MS = 120_000;
const ANSWER_TIMEOUT_MS = 240_000;

export type WebKitPrograms = {
  /** WebKitWebDriver */
  readonly driver: string;
  readonly miniBrowser: string;
  /** Xvfb */
  readonly display: string;
};

/** Opens `url` in a fresh profile and gives what the expression's promise resolves to. */
export async function inWebKit(programs: WebKitPrograms, url: string, expression: string): Promise<string> {
  return withFolder('webkit', async (profile) => {
    const display = OwnProcess.start(programs.display, ['-displayfd', '1', '-nolisten', 'tcp']);
    try {
      const env = {
        DISPLAY: `:${await display.says(/^(\d+)\s/m)}`,
        HOME: profile,
        XDG_RUNTIME_DIR: profile,
        XDG_CACHE_HOME: join(profile, 'cache'),
        XDG_DATA_HOME: join(profile, 'data'),
        XDG_CONFIG_HOME: join(profile, 'config'),
        GDK_BACKEND: 'x11',
        NO_AT_BRIDGE: '1',
        LIBGL_ALWAYS_SOFTWARE: '1',
        WEBKIT_DISABLE_COMPOSITING_MODE: '1',
      };
      const port = await freePort();
      const driver = OwnProcess.start(programs.driver, [`--port=${port}`], env);
      try {
        const address = `http://127.0.0.1:${port}`;
        await untilReady(address, driver);
        return await askPage(address, programs.miniBrowser, url, expression);
      } finally {
        await driver.end({ asked: false });
      }
    } finally {
      await display.end({ asked: false });
    }
  });
}

async function untilReady(address: string, driver: OwnProcess): Promise<void> {
  const giveUp = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const ready = await command('GET', `${address}/status`).then(
      () => true,
      () => false,
    );
    if (ready) return;
    if (driver.hasEnded || Date.now() > giveUp) throw new Error('WebKitWebDriver did not start.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function askPage(
  address: string,
  miniBrowser: string,
  url: string,
  expression: string,
): Promise<string> {
  const { sessionId } = (await command('POST', `${address}/session`, {
    capabilities: {
      alwaysMatch: {
        'webkitgtk:browserOptions': { binary: miniBrowser, args: ['--automation'] },
        timeouts: { script: ANSWER_TIMEOUT_MS },
      },
    },
  })) as { readonly sessionId: string };
  const session = `${address}/session/${sessionId}`;
  try {
    await command('POST', `${session}/url`, { url });
    const script = `
      const done = arguments[arguments.length - 1];
      ${expression}.then((result) => done({ result }), (error) => done({ error: String(error) }));`;
    const answer = await command('POST', `${session}/execute/async`, { script, args: [] });
    const { result, error } = answer as { readonly result?: string; readonly error?: string };
    if (result === undefined) throw new Error(error ?? 'The page gave no text.');
    return result;
  } finally {
    await command('DELETE', session);
  }
}

/** One WebDriver command. @throws Error with what the driver says */
async function command(method: string, address: string, body?: object): Promise<unknown> {
  const response = await fetch(address, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
  const { value } = (await response.json()) as { readonly value: unknown };
  if (!response.ok) throw new Error(`${method} ${new URL(address).pathname}: ${JSON.stringify(value)}`);
  return value;
}
