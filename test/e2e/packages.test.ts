/** The packages as installed, and the code in the pages: what people who have no checkout meet first. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, posix } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CodeBlock, codeBlocksOf, pagesOf } from '../support/codeBlocks.ts';
import { type Installed, installPackages, manifestOf, PACKAGES, ROOT } from '../support/installed.ts';

const run = promisify(execFile);

let folder: string;
let installed: Installed;
let blocks: CodeBlock[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-installed-'));
  installed = await installPackages(folder, ['@types/node', '@types/ws', 'ws']);
  blocks = (await Promise.all((await pagesOf(ROOT)).map((page) => codeBlocksOf(ROOT, page)))).flat();
}, 400_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a file of the project. */
const node = (file: string, ...args: string[]) =>
  run(process.execPath, [file, ...args], { cwd: installed.project });

/**
 * Compiles files of the project as strictly as TypeScript can, into its folder `out`. Types of the packages are checked
 * as well; those of Node.js have errors of their own under these settings, which are not ours to tell.
 * @returns what is wrong
 */
async function compile(files: readonly string[]): Promise<string> {
  const config = {
    compilerOptions: {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noImplicitReturns: true,
      skipLibCheck: false,
      target: 'es2022',
      lib: ['ES2023', 'DOM', 'DOM.Iterable'],
      module: 'nodenext',
      types: ['node'],
      rootDir: '.',
      outDir: 'out',
    },
    files,
  };
  await writeFile(join(installed.project, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  return run(process.execPath, [tsc, '-p', 'tsconfig.json'], { cwd: installed.project }).then(
    () => '',
    ({ stdout }: { stdout: string }) => stdout.replace(/^\S*@types\/node\/.*\n(?: .*\n)*/gm, ''),
  );
}

describe.each(PACKAGES)('the tarball of %s', (name) => {
  const filesHere = (): readonly string[] => installed.files.get(name) ?? [];

  test('says what it is, and has its README and the license', async () => {
    const manifest = await manifestOf(installed.folderOf(name));
    expect(manifest.description).toMatch(/Shoal|shoal/);
    expect(manifest.keywords?.length).toBeGreaterThan(2);
    expect(manifest.license).toBe('MIT');
    const license = await readFile(join(installed.folderOf(name), 'LICENSE'), 'utf8');
    expect(license).toBe(await readFile(join(ROOT, 'LICENSE'), 'utf8'));
    const readme = await readFile(join(installed.folderOf(name), 'README.md'), 'utf8');
    expect(readme).toMatch(new RegExp(`^# @shoal/${name}\n`));
  });

  test('has no tests, no state of the build, and nothing whose source is gone', () => {
    expect(filesHere().filter((file) => /\.(test|suite)\.|tsbuildinfo|\.nx|tsconfig/.test(file))).toEqual([]);
    if (name === 'dashboard') return;
    const compiled = filesHere().filter((file) => /^dist\/.*\.js$/.test(file));
    expect(compiled.length).toBeGreaterThan(10);
    for (const file of compiled) {
      expect(filesHere()).toContain(file.replace(/^dist\//, 'src/').replace(/\.js$/, '.ts'));
    }
  });

  test('has every source that its maps speak of', async () => {
    const maps = filesHere().filter((file) => file.endsWith('.map'));
    for (const map of maps) {
      const text = await readFile(join(installed.folderOf(name), map), 'utf8');
      const { sources, sourceRoot = '' } = JSON.parse(text) as { sources: string[]; sourceRoot?: string };
      for (const source of sources) {
        expect(filesHere(), map).toContain(posix.join(posix.dirname(map), sourceRoot, source));
      }
    }
    for (const file of filesHere().filter((one) => one.endsWith('.js'))) {
      const text = await readFile(join(installed.folderOf(name), file), 'utf8');
      const map = /^\/\/# sourceMappingURL=(\S+)\s*$/m.exec(text.slice(-200))?.[1];
      if (map !== undefined) expect(filesHere()).toContain(posix.join(posix.dirname(file), map));
    }
  });
});

test('every entry of every package can be imported, and so can the pages’ folder', async () => {
  const file = join(installed.project, 'entries.js');
  await writeFile(
    file,
    `import { existsSync } from 'node:fs';
for (const name of ['core', 'worker', 'worker/browser', 'coordinator', 'coordinator/simulation', 'dashboard']) {
  const entry = await import('@shoal/' + name);
  console.log(name, Object.keys(entry).length > 0);
}
const { pageFolder } = await import('@shoal/dashboard');
console.log(existsSync(pageFolder + 'index.html') && existsSync(pageFolder + 'join.html'));
`,
  );
  const { stdout } = await node(file);
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.endsWith('true')),
  ).toEqual(Array(7).fill(true));
});

test('the command trains', async () => {
  const coordinator = installed.folderOf('coordinator');
  const bin = join(coordinator, (await manifestOf(coordinator)).bin?.shoal ?? '');
  const { version } = await manifestOf(coordinator);
  expect((await node(bin, '--version')).stdout.trim()).toBe(version);
  const words = [
    'train',
    '--preset',
    'perceptron-and',
    '--workers',
    '1',
    '--port',
    '0',
    '--json',
    '--out',
    'runs',
  ];
  const lines = (await node(bin, ...words)).stdout.trim().split('\n');
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
    type: 'result',
    state: 'finished',
    testAccuracy: 1,
  });
  // With the index in its database, whose binaries come with the package.
  const listed = await node(bin, 'runs', '--out', 'runs', '--json');
  expect(JSON.parse(listed.stdout)).toMatchObject({ type: 'stored-run', state: 'finished' });
  expect(listed.stderr).not.toContain('cannot be used');
});

test('the code in every page is right for strict TypeScript, and prints what the page says', async () => {
  const files = await Promise.all(
    blocks.map(async ({ code, page }, i) => {
      const file = `${basename(page, '.md')}-${basename(dirname(page))}-${i}.ts`;
      await writeFile(join(installed.project, file), code);
      return file;
    }),
  );
  expect(new Set(blocks.map(({ page }) => page))).toEqual(
    new Set([
      'README.md',
      'docs/api.md',
      'docs/library.md',
      'docs/models.md',
      ...PACKAGES.map((one) => `packages/${one}/README.md`),
    ]),
  );
  expect(await compile(files)).toBe('');
  for (const [i, { place, prints }] of blocks.entries()) {
    if (prints === null) continue;
    const { stdout } = await node(join('out', (files[i] as string).replace(/\.ts$/, '.js')));
    expect(stdout, place).toBe(prints);
  }
});

test('the example of README.md is the file that it names', async () => {
  const file = await readFile(join(ROOT, 'docs', 'examples', 'train.mjs'), 'utf8');
  const { code } = blocks.find(({ page }) => page === 'README.md') as CodeBlock;
  expect(file.endsWith(`\n${code}`)).toBe(true);
});
