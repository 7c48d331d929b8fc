/** A volunteer's phone loads all of this before it computes, often over a crowded wireless network. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { shortened } from '../../shortHex.ts';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const BYTES_MAX = 120_000;

/** What is loaded where a graphics processor is used, and nowhere else. */
const GPU_PART = /gpuComputer-\S+\.js$/;
const GPU_BYTES_MAX = 40_000;

/** The page and whatever its files name, scripts of workers and what those name included. */
function reachable(): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const open = ['join.html'];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (files.has(name)) continue;
    const content = readFileSync(DIST + name);
    files.set(name, content);
    for (const [, asset] of content.toString('utf8').matchAll(/["'`/.](assets\/[\w.-]+\.\w+)["'`]/g)) {
      if (asset !== undefined) open.push(asset);
    }
    // Files of one folder name each other without it.
    for (const [, asset] of content
      .toString('utf8')
      .matchAll(/["'`](?:\.\/)?([\w.-]+\.(?:js|css|wasm))["'`]/g)) {
      if (asset !== undefined && existsSync(`${DIST}assets/${asset}`)) open.push(`assets/${asset}`);
    }
  }
  return files;
}

/** Compressed as a coordinator sends them. */
test('the whole page to join, with its workers and kernels, is at most 120 KB gzipped, and 40 KB more with a GPU', () => {
  const all = [...reachable()].map(
    ([name, content]) => [name, gzipSync(content, { level: 9 }).length] as const,
  );
  const sizes = all.filter(([name]) => !GPU_PART.test(name));
  const gpu = all.filter(([name]) => GPU_PART.test(name));
  expect(gpu.length, 'What a graphics processor needs is a part of its own.').toBe(1);
  const gpuBytes = gpu.reduce((sum, [, bytes]) => sum + bytes, 0);
  console.log(`With a graphics processor ${gpuBytes} bytes more.`);
  expect(gpuBytes).toBeLessThanOrEqual(GPU_BYTES_MAX);
  const names = sizes.map(([name]) => name).join(' ');
  for (const part of [/volunteer\.worker-\S+\.js/, /join-\S+\.css/]) expect(names).toMatch(part);
  const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
  console.log(
    `The page to join: ${sizes.map(([name, bytes]) => `${name} ${bytes}`).join(', ')}; ${total} bytes in all.`,
  );
  expect(total).toBeLessThanOrEqual(BYTES_MAX);
});

test('nothing that only a coordinator needs is in it', () => {
  const scripts = [...reachable()].filter(([name]) => name.endsWith('.js'));
  for (const [name, content] of scripts) {
    // Names of a preset, a field of checkpoints, and the engine that is the oracle.
    for (const foreign of ['mlp-xor', '__metadata__', '"reference" engine', 'uPlot']) {
      expect(content.includes(foreign), `${foreign} in ${name}`).toBe(false);
    }
  }
  // What every WebAssembly binary begins with, behind characters that might be escaped, as the build of the page writes it.
  const begin = shortened('61736d01');
  const kernels = scripts.filter(([, content]) => content.includes(begin)).map(([name]) => name);
  expect(kernels.length, 'The kernels are in the script of workers alone.').toBe(1);
});
