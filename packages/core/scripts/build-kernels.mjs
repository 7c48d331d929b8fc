/**
 * Compiles the AssemblyScript kernels and writes each binary as text into a generated TypeScript module, so
 * that core needs no file or network access to load them. A generated file is rewritten only when its content
 * changed, so that incremental builds stay incremental.
 *
 * `KERNEL_BUILD` names the strict binaries by their hash: two builds with the same name compute the same bits.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { patchOf } from './kernel-patch.mjs';

const core = dirname(dirname(fileURLToPath(import.meta.url)));

/** Raised by hand when what the kernels compute changes its meaning without changing a binary. */
const BUILD_SERIES = 1;

/** No bounds asserts, no runtime, no growth: the planner sizes the imported memory before instantiation. */
const FLAGS = [
  '--optimizeLevel',
  '3',
  '--shrinkLevel',
  '0',
  '--converge',
  '--noAssert',
  '--runtime',
  'stub',
  '--importMemory',
  '--noExportMemory',
  '--use',
  'abort=',
];

/** The binary of one entry file; `features` are WebAssembly feature names. Throws with the compiler's message. */
async function compile(entry, features) {
  let binary = null;
  const { error, stderr } = await asc.main(
    [entry, ...FLAGS, ...features.flatMap((name) => ['--enable', name]), '--outFile', 'out.wasm'],
    {
      readFile: (name) => {
        const path = join(core, name);
        return existsSync(path) ? readFileSync(path, 'utf8') : null;
      },
      writeFile: (name, contents) => {
        if (name === 'out.wasm') binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || binary === null) {
    throw new Error(`The kernels in ${entry} do not compile.\n${stderr.toString()}${error ?? ''}`);
  }
  return Buffer.from(binary);
}

function writeIfChanged(path, text) {
  const file = join(core, path);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

// In hexadecimal digits a byte is always the same two characters, so that what repeats in a binary repeats in the text: compressed,
// as pages are sent, it is two thirds of what base64 becomes.
const constant = (name, text) => `export const ${name} =\n  '${text}';\n`;
const HEADER = '/** Written by scripts/build-kernels.mjs; not in version control. */\n';

const strict = await compile('assembly/engine.ts', ['simd']);
const relaxed = await compile('assembly/engine.ts', ['simd', 'relaxed-simd']);
const vector = existsSync(join(core, 'assembly/vector.ts'))
  ? await compile('assembly/vector.ts', ['simd'])
  : Buffer.alloc(0);
const hash = createHash('sha256').update(strict).update(vector).digest('hex');

// In a file of its own: the part of a page that only names the build does not carry the kernels.
writeIfChanged(
  'src/engine/wasm/kernelBuild.generated.ts',
  `${HEADER}export const KERNEL_BUILD = '${BUILD_SERIES}-${hash.slice(0, 12)}';\n`,
);
writeIfChanged(
  'src/engine/wasm/kernels.generated.ts',
  HEADER +
    constant('STRICT_KERNELS', strict.toString('hex')) +
    constant('RELAXED_PATCH', patchOf(strict, relaxed)),
);
if (vector.length > 0) {
  writeIfChanged(
    'src/vectors/vectorKernels.generated.ts',
    HEADER + constant('VECTOR_KERNELS', vector.toString('hex')),
  );
}
