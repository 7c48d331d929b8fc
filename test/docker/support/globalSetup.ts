/**
 * Before the tests: is there an engine? If so, what earlier runs left behind is removed and the images are built, under
 * stable tags and from the layer cache. After them: everything that this run made is gone.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { getContainerRuntimeClient } from 'testcontainers';
import type { TestProject } from 'vitest/node';
import { DOCKERFILES, type ImageName, imageOf, REPOSITORY } from './images.ts';
import { isGone, removeAll } from './session.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Names what this run makes on the engine; null where no engine answers. */
    readonly dockerSession: string | null;
  }
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  // The tests remove what they make, so testcontainers need not fetch a helper that does.
  process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true';
  const client = await getContainerRuntimeClient().catch((error: Error) => error);
  if (client instanceof Error) {
    if (process.env.SHOAL_DOCKER === 'required') {
      throw new Error(`No Docker engine answers, and SHOAL_DOCKER=required wants one (${client.message}).`);
    }
    process.stdout.write(
      'No Docker engine answers: the tests that need one are skipped. Start Docker and run "npm run test:docker".\n',
    );
    project.provide('dockerSession', null);
    return;
  }
  const session = String(process.pid);
  project.provide('dockerSession', session);
  await removeAll(client, isGone);
  for (const name of DOCKERFILES) await build(name);
  return () => removeAll(client, (one) => one === session);
}

/** From the layer cache as far as it goes. One that does not build is told with what the builder said. */
async function build(name: ImageName): Promise<void> {
  const file = join(REPOSITORY, 'docker', `${name}.Dockerfile`);
  const words = ['build', '--progress=plain', '--file', file, '--tag', imageOf(name), REPOSITORY];
  await promisify(execFile)('docker', words, { maxBuffer: 64 * 1024 * 1024 });
}
