#!/usr/bin/env node
// The `shoal` command: checks Node, builds a fresh checkout, then hands over to the compiled program.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `Shoal needs Node.js 20.19 or later, but this is ${process.versions.node}: install a newer one from https://nodejs.org.\n`,
  );
  process.exit(2);
}

const program = new URL('../dist/cli/main.js', import.meta.url);
if (!existsSync(program)) {
  process.stderr.write('Building Shoal, which takes a moment the first time …\n');
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  // What npm prints goes to stderr: stdout is for results. Windows starts npm through its shell.
  const built = spawnSync('npm', ['run', 'build'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (built.status !== 0 || !existsSync(program)) {
    process.stderr.write(`The build failed: run "npm ci" and then "npm run build" in ${root} to see why.\n`);
    process.exit(1);
  }
}
await import(program.href);
