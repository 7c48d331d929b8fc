/** Small questions to the machine. None of them changes anything, and each has an answer within seconds. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findBlas, findGpu, gpuOfEnvironment } from '@shoal/worker';

// Declared here: @types/node leaves WebAssembly to the DOM's types.
declare const WebAssembly: { validate(module: Uint8Array): boolean };

export type Probe = { readonly name: string; readonly available: boolean; readonly detail: string };

const DOCKER_TIMEOUT_MS = 5_000;

/** A module with one function, of these bytes, that gives a v128: valid where its instructions are known. */
function moduleOf(body: readonly number[]): Uint8Array<ArrayBuffer> {
  const code = [0, ...body, 0x0b];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    // Type section: one function without parameters that gives a v128; function section: one of that type.
    ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b],
    ...[0x03, 0x02, 0x01, 0x00],
    ...[0x0a, code.length + 2, 0x01, code.length, ...code],
  ]);
}

/** i32.const 0; i8x16.splat */
const ZERO = [0x41, 0x00, 0xfd, 0x0f];
/** f32x4.relaxed_madd, opcode 0x105 */
const RELAXED_MADD = [...ZERO, ...ZERO, ...ZERO, 0xfd, 0x85, 0x02];

export function simdKinds(): Probe[] {
  const strict = WebAssembly.validate(moduleOf(ZERO));
  const relaxed = WebAssembly.validate(moduleOf(RELAXED_MADD));
  return [
    {
      name: 'simd',
      available: strict,
      detail: strict
        ? 'WebAssembly SIMD, 128 bits, exact'
        : 'needed to train: use a newer Node.js or processor',
    },
    {
      name: 'relaxed simd',
      available: relaxed,
      detail: relaxed
        ? 'fused multiply-add for fast numerics'
        : 'off in this Node.js (on by default from 22); not needed',
    },
  ];
}

/** Loads the library, since a file alone may be another kind of BLAS. */
export async function testBlas(): Promise<Probe> {
  const search = await findBlas();
  if (search.found) {
    const detail = `${search.library.description}; runs with fast numerics compute dense layers with it`;
    return { name: 'blas', available: true, detail };
  }
  const detail = `${search.reason} Not needed: with it, runs with fast numerics compute dense layers about twice as fast`;
  return { name: 'blas', available: false, detail };
}

/** Opens the processor that a worker with `--engine webgpu` would take. */
export async function testGpu(): Promise<Probe> {
  const search = await findGpu(gpuOfEnvironment());
  if (search.found) {
    const detail = `${search.description}; "shoal worker LINK --engine webgpu" computes on it`;
    return { name: 'webgpu', available: true, detail };
  }
  return { name: 'webgpu', available: false, detail: `${search.reason} Not needed` };
}

const BROWSERS = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'firefox',
  'firefox-esr',
  'msedge',
];
const BROWSER_PLACES: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['/Applications/Google Chrome.app', '/Applications/Firefox.app', '/Applications/Safari.app'],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
    'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
  ],
};

export function findBrowser(): Probe {
  const onPath = searchPath().flatMap((folder) => BROWSERS.map((name) => join(folder, name)));
  const found = [...(BROWSER_PLACES[process.platform] ?? []), ...onPath].find((path) => existsSync(path));
  return {
    name: 'browser',
    available: found !== undefined,
    detail: found ?? 'none was found here; workers in a browser join from other machines',
  };
}

const searchPath = (): readonly string[] =>
  (process.env.PATH ?? '').split(delimiter).filter((one) => one !== '');

/** Asks the engine itself: the command alone is of no use. */
export function testDocker(): Promise<Probe> {
  return new Promise((resolve) => {
    execFile(
      'docker',
      ['version', '--format', '{{.Server.Version}}'],
      { timeout: DOCKER_TIMEOUT_MS },
      (error, stdout) => {
        const version = stdout.trim();
        const available = error === null && version !== '';
        const missing = (error as NodeJS.ErrnoException | null)?.code === 'ENOENT';
        const why = missing ? 'the docker command was not found' : 'its engine does not answer';
        resolve({
          name: 'docker',
          available,
          detail: available ? `engine ${version}` : `${why}; not needed`,
        });
      },
    );
  });
}
