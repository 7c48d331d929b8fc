/** Chromium or Chrome, driven by playwright-core, which carries no browser of its own. */
import { chromium } from 'playwright-core';
import { withFolder } from './ownProcess.ts';

const ANSWER_TIMEOUT_MS = 240_000;
const START_TIMEOUT_MS = 120_000;

export const CHROMIUM_ARGS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** WebGPU on the processor, where there is nothing better. */
export const GPU_ARGS: readonly string[] = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

/** Nothing but 127.0.0.1 can be reached: all else goes to a proxy that is not there. */
export const OFFLINE_ARGS: readonly string[] = [...CHROMIUM_ARGS, '--proxy-server=127.0.0.1:9'];

/** Opens `url` in a fresh profile and gives what the expression's promise resolves to. */
export async function inChromium(
  executable: string,
  url: string,
  expression: string,
  more: readonly string[] = [],
): Promise<string> {
  return withFolder('chromium', async (profile) => {
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: executable,
      headless: true,
      args: [...OFFLINE_ARGS, ...more],
      timeout: START_TIMEOUT_MS,
    });
    try {
      const page = await context.newPage();
      await page.goto(url, { timeout: START_TIMEOUT_MS });
      return await within(ANSWER_TIMEOUT_MS, page.evaluate<string>(expression));
    } finally {
      await context.close();
    }
  });
}

async function within<T>(timeoutMs: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The page did not answer in ${timeoutMs} ms.`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
