/** The tests of this folder clean up after themselves: when one fails, and even when the whole run is killed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { getContainerRuntimeClient } from 'testcontainers';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { REPOSITORY } from './support/images.ts';
import { isGone, remains, removeAll } from './support/session.ts';

const VITEST = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));

/** A run of the fixture, which makes containers, networks and volumes and then fails, or waits. */
function fixture(waits: boolean) {
  const config = 'test/docker/fixtures/vitest.config.ts';
  const child = spawn(process.execPath, [VITEST, 'run', '--config', config, '--disable-console-intercept'], {
    cwd: REPOSITORY,
    env: { ...process.env, SHOAL_TEST_WAITS: waits ? 'yes' : 'no' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let text = '';
  const ready = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (more: string) => {
        text += more;
        const session = /session (\d+) is ready/.exec(text)?.[1];
        if (session !== undefined) resolve(session);
      });
    }
    child.once('close', () => reject(new Error(`The fixture never got ready.\n${text}`)));
  });
  return { child, ready, text: () => text };
}

describe.skipIf(inject('dockerSession') === null)('what a test made on the engine', () => {
  test('is gone when it has failed', async () => {
    const { child, ready, text } = fixture(false);
    const closed = once(child, 'close');
    const session = await ready;
    const [code] = await closed;
    expect(code).toBe(1);
    expect(text()).toMatch(/This failure is meant/);
    expect(await remains(await getContainerRuntimeClient(), (one) => one === session)).toEqual([]);
  });

  test('is found and removed by the next run when its own was killed', async () => {
    const client = await getContainerRuntimeClient();
    const { child, ready } = fixture(true);
    const session = await ready;
    const left = await remains(client, (one) => one === session);
    for (const kind of ['container', 'network', 'volume'])
      expect(left.filter((what) => what.startsWith(kind))).not.toEqual([]);
    const closed = once(child, 'exit');
    child.kill('SIGKILL');
    await closed;
    expect(isGone(session)).toBe(true);
    await removeAll(client, isGone);
    expect(await remains(client, (one) => one === session)).toEqual([]);
  });
});
