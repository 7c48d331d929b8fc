/**
 * npm run bench:gpu:pack: makes the folder `.gpu` (ignored by git) with all that a machine with a graphics card needs to run
 * `test/bench/gpu/run.sh` without a network: node, the package webgpu, the loader of Vulkan, this checkout as it is built, MNIST.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { ROOT } from '../figures.mjs';

const WEBGPU = 'webgpu@0.6.2';
const out = join(ROOT, '.gpu');
const work = mkdtempSync(join(tmpdir(), 'shoal-gpu-'));
rmSync(out, { recursive: true, force: true });
mkdirSync(out);

const pack = (name, folder, paths) =>
  execFileSync('tar', ['-C', folder, '-cJf', join(out, `${name}.tar.xz`), ...paths], {
    env: { ...process.env, XZ_OPT: '-6 -T0' },
  });

pack('node', dirname(process.execPath), [relative(dirname(process.execPath), process.execPath)]);

execFileSync('npm', ['install', '--prefix', work, '--no-save', '--no-audit', '--no-fund', WEBGPU], {
  stdio: 'inherit',
});
const other = ['darwin-universal', 'linux-arm64', 'win32-arm64', 'win32-x64'];
for (const platform of other)
  rmSync(join(work, 'node_modules/webgpu/dist', platform), { recursive: true, force: true });
pack('webgpu', work, ['node_modules/webgpu']);

try {
  execFileSync('apt-get', ['download', 'libvulkan1'], { cwd: out, stdio: 'ignore' });
} catch {
  console.warn('Debian’s libvulkan1 could not be fetched: the machine must have a loader of its own.');
}

/** What a coordinator needs to run; links to packages of the checkout are followed. */
const listed = execFileSync(
  'npm',
  ['ls', '--omit=dev', '--all', '--parseable', '-w', 'packages/coordinator'],
  {
    ...{ cwd: ROOT, encoding: 'utf8' },
  },
)
  .split('\n')
  .filter((path) => path.includes('/node_modules/') && !/@shoal|typescript|koffi|webgpu/.test(path));
const tree = join(work, 'shoal');
for (const path of new Set(listed)) {
  // What a package has of its own goes with it.
  const place = relative(ROOT, path).replace(/^packages\/(\w+)\//, 'node_modules/@shoal/$1/');
  cpSync(path, join(tree, place), { recursive: true, dereference: true });
}
for (const name of ['core', 'worker', 'coordinator', 'dashboard']) {
  for (const part of ['package.json', 'dist', 'index.js', 'bin']) {
    const from = join(ROOT, 'packages', name, part);
    if (existsSync(from)) cpSync(from, join(tree, 'node_modules/@shoal', name, part), { recursive: true });
  }
}
cpSync(join(ROOT, 'test/bench'), join(tree, 'test/bench'), { recursive: true });
pack('shoal', tree, ['.']);

const data = process.env.SHOAL_DATA_DIR;
if (data === undefined) console.warn('SHOAL_DATA_DIR does not name MNIST: whole trainings will be left out.');
else cpSync(data, join(out, 'mnist'), { recursive: true });
rmSync(work, { recursive: true, force: true });
for (const name of ['node', 'webgpu', 'shoal']) {
  console.log(`${name}.tar.xz ${Math.round(statSync(join(out, `${name}.tar.xz`)).size / 1e5) / 10} MB`);
}
