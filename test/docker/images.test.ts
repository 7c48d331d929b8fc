/** What is in the images, what is not, how large they are, and what is built again when a source changes. */
import { execFile } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, inject, test } from 'vitest';
import { temporaryFolder } from '../support/cluster.ts';
import { DOCKERFILES, type ImageName, imageOf, REPOSITORY } from './support/images.ts';
import { engine } from './support/shoalContainer.ts';

const run = promisify(execFile);
const MB = 1_000_000;
const BASES: Readonly<Record<ImageName, string>> = {
  coordinator: 'node:24-bookworm-slim',
  worker: 'node:24-bookworm-slim',
  proxy: 'debian:bookworm-slim',
  nats: 'debian:bookworm-slim',
};
/** What each adds to its base at most; docs/docker.md states the figures. */
const MB_MAX: Readonly<Record<ImageName, number>> = { coordinator: 110, worker: 90, proxy: 40, nats: 30 };

/** The text that a command in a new container prints. */
async function inside(name: ImageName, ...command: [string, ...string[]]): Promise<string> {
  const [entry, ...args] = command;
  const { stdout } = await run('docker', ['run', '--rm', '--entrypoint', entry, imageOf(name), ...args]);
  return stdout;
}

const dockerfile = (name: ImageName): Promise<string> =>
  readFile(join(REPOSITORY, 'docker', `${name}.Dockerfile`), 'utf8');

test('the Dockerfiles are ordinary: no syntax line, no digest, no registry, no secret', async () => {
  for (const name of DOCKERFILES) {
    const text = await dockerfile(name);
    expect(text).not.toMatch(/^#\s*(syntax|escape)=|@sha256:|--mount=type=secret|ARG .*(TOKEN|SECRET)/im);
    const bases = [...text.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
    expect(new Set(bases)).toEqual(
      new Set(name === 'proxy' || name === 'nats' ? [BASES[name]] : [BASES[name], 'manifests']),
    );
  }
});

test('worker and coordinator share their first stages to the letter', async () => {
  const stages = async (name: ImageName): Promise<string | undefined> =>
    /# What the lockfile names[\s\S]*?(?=FROM node:24-bookworm-slim\n)/.exec(await dockerfile(name))?.[0];
  const shared = await stages('worker');
  expect(shared).toMatch(/AS packages/);
  expect(shared).toBe(await stages('coordinator'));
});

describe.skipIf(inject('dockerSession') === null)('the built images', () => {
  test.each(DOCKERFILES)('%s is small, labelled, has no root user and a health check', async (name) => {
    const docker = await engine();
    const image = await docker.getImage(imageOf(name)).inspect();
    const base = await docker.getImage(BASES[name]).inspect();
    const added = (image.Size - base.Size) / MB;
    process.stdout.write(`${name}: ${added.toFixed(1)} MB over ${BASES[name]}\n`);
    expect(added).toBeLessThan(MB_MAX[name]);
    // The base's own layers come first and are untouched.
    expect(image.RootFS.Layers?.slice(0, base.RootFS.Layers?.length)).toEqual(base.RootFS.Layers);

    const { Config: config } = image;
    expect(config.User).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(config.Healthcheck?.Test?.[0]).toBe('CMD');
    const { version } = JSON.parse(await readFile(join(REPOSITORY, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(config.Labels).toMatchObject({
      'org.opencontainers.image.title': `Shoal ${name}`,
      'org.opencontainers.image.licenses': 'MIT',
      'org.opencontainers.image.version': version,
      'org.opencontainers.image.description': expect.stringMatching(/\w/),
    });
    expect(JSON.stringify(config.Env)).not.toMatch(/token=|secret=|password=/i);
    expect(config.Volumes ?? {}).toEqual({});
  });

  test.each(['coordinator', 'worker'] as const)(
    '%s carries what it runs and nothing that builds',
    async (name) => {
      const files = (await inside(name, 'find', '/app', '-type', 'f')).trim().split('\n');
      const modules = new Set(
        files.flatMap((file) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []),
      );
      expect([...modules]).toEqual(expect.arrayContaining(['ws', 'msgpackr', 'hono', 'koffi', 'commander']));
      const tools =
        /typescript|vite|^nx$|^@nx|assemblyscript|binaryen|biome|vitest|playwright|kubernetes|testcontainers|preact|uplot/;
      expect([...modules].filter((module) => tools.test(module))).toEqual([]);
      const own = files.filter((file) => !file.includes('/node_modules/'));
      expect(own.filter((file) => /\.(ts|tsx|map|tsbuildinfo)$|\.(test|suite)\./.test(file))).toEqual([]);
      expect(
        files.filter((file) => /ubyte|\.safetensors$|\.pem$|\.npmrc$|\.env$|join-token/.test(file)),
      ).toEqual([]);
      expect(own.some((file) => file.startsWith('/app/packages/dashboard/dist/index.html'))).toBe(
        name === 'coordinator',
      );
    },
  );

  test('the worker finds OpenBLAS for runs with fast numerics', async () => {
    const text = await inside('worker', 'node', '/app/packages/coordinator/bin/shoal.js', 'doctor', '--json');
    const blas = text
      .trim()
      .split('\n')
      .flatMap((line) => JSON.parse(line))
      .find((line: { name?: string }) => line.name === 'blas');
    expect(JSON.stringify(blas)).toMatch(/OpenBLAS/);
  });

  test('the build context is the sources alone', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY . /\n');
    const context = join(folder, 'context');
    await run('docker', [
      ...['build', '--file', join(folder, 'Dockerfile'), '--output', `type=local,dest=${context}`],
      REPOSITORY,
    ]);
    const { stdout } = await run('find', [context, '-type', 'f', '-printf', '%s %P\\n']);
    const files = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]);
    const names = files.map(([, name]) => name);
    expect(names).toEqual(
      expect.arrayContaining(['package-lock.json', 'packages/core/src/index.ts', 'docker/health/worker.sh']),
    );
    expect(
      names.filter((name) => /node_modules|\.git\/|dist\/|\.test\.|^runs|^data|^test|^docs/.test(name)),
    ).toEqual([]);
    expect(files.reduce((sum, [bytes]) => sum + Number(bytes), 0)).toBeLessThan(6 * MB);
  });

  test('a changed source leaves the installed packages in the cache', async () => {
    const folder = await temporaryFolder();
    for (const name of ['.dockerignore', '.npmrc', 'LICENSE', 'nx.json', 'package.json', 'package-lock.json'])
      await cp(join(REPOSITORY, name), join(folder, name));
    for (const name of ['tsconfig.base.json', 'docker', 'packages'])
      await cp(join(REPOSITORY, name), join(folder, name), {
        recursive: true,
        filter: (source) => !/node_modules|[\\/]dist\b/.test(source),
      });
    const source = join(folder, 'packages/worker/src/limits.ts');
    await writeFile(source, `${await readFile(source, 'utf8')}\n// Changed at ${Date.now()}.\n`);
    const { stderr } = await run('docker', [
      ...['build', '--progress=plain', '--target=build', '--file', join(folder, 'docker/worker.Dockerfile')],
      folder,
    ]);
    const steps = [...stderr.matchAll(/^#(\d+) \[build .*?\] (.*)$/gm)];
    const cached = (words: string): boolean | null => {
      const step = steps.find(([, , command]) => command?.startsWith(words))?.[1];
      return step === undefined ? null : new RegExp(`^#${step} CACHED$`, 'm').test(stderr);
    };
    expect(cached('RUN npm ci'), stderr).toBe(true);
    expect(cached('COPY packages packages'), stderr).toBe(false);
  });
});
