/**
 * The packages as somebody installs them: packed by npm, unpacked into an empty project. What they depend on is linked
 * from this checkout, and nothing else is, so that whatever they fail to name is missing. Nothing is asked of a registry.
 */
import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const PACKAGES = ['core', 'worker', 'coordinator', 'dashboard'] as const;
export type PackageName = (typeof PACKAGES)[number];

export type Manifest = {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly license?: string;
  readonly repository?: unknown;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

export const manifestOf = async (folder: string): Promise<Manifest> =>
  JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;

export type Installed = {
  /** The empty project. */
  readonly project: string;
  /** Where each package lies in it. */
  readonly folderOf: (name: PackageName) => string;
  /** The files of each tarball, relative to the package. */
  readonly files: ReadonlyMap<PackageName, readonly string[]>;
};

const isWindows = process.platform === 'win32';

/** `extra`: packages that the project itself has, such as types. */
export async function installPackages(folder: string, extra: readonly string[]): Promise<Installed> {
  const project = join(folder, 'project');
  const modules = join(project, 'node_modules');
  const folderOf = (name: PackageName): string => join(modules, '@shoal', name);
  await mkdir(modules, { recursive: true });
  await writeFile(join(project, 'package.json'), JSON.stringify({ type: 'module', private: true }));
  const words = ['pack', '--workspaces', '--json', '--pack-destination', folder];
  const { stdout } = await run('npm', words, { cwd: ROOT, shell: isWindows, maxBuffer: 2 ** 26 });
  const answer = JSON.parse(stdout) as unknown;
  const packed = (Array.isArray(answer) ? answer : Object.values(answer as object)) as {
    readonly name: string;
    readonly filename: string;
    readonly files: readonly { readonly path: string }[];
  }[];
  const files = new Map<PackageName, readonly string[]>();
  const needed = new Set(extra);
  for (const name of PACKAGES) {
    const one = packed.find((each) => each.name === `@shoal/${name}`);
    if (one === undefined) throw new Error(`npm packed no @shoal/${name}.`);
    files.set(
      name,
      one.files.map(({ path }) => path),
    );
    await mkdir(folderOf(name), { recursive: true });
    const tarball = join(folder, one.filename);
    await run('tar', ['-xzf', tarball, '-C', folderOf(name), '--strip-components=1']);
    const { dependencies = {}, optionalDependencies = {} } = await manifestOf(folderOf(name));
    for (const dependency of Object.keys({ ...dependencies, ...optionalDependencies })) {
      if (!dependency.startsWith('@shoal/')) needed.add(dependency);
    }
  }
  for (const name of needed) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(ROOT, 'node_modules', name), join(modules, name), 'junction');
  }
  return { project, folderOf, files };
}
