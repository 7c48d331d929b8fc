import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { literalsOf, readsLikeEnglish } from './literals.suite.ts';

/** Programming errors: whoever uses a function wrongly is told so in English, in a stack trace and a log. */
const DEFECTS = ['Error', 'RangeError', 'TypeError'];

/**
 * Where sentences may be composed below the edge, and why. Whatever a person can bring about with a spec, a model, a file
 * or a button is a fact of `facts/` instead.
 */
const ALLOWED: Readonly<Record<string, string>> = {
  'engine/webgpu/activationPlans.ts': 'Kernels in WGSL.',
  'engine/webgpu/deviceLoss.ts': 'Why a device was lost, beside what the device itself says.',
  'engine/webgpu/deviceLoss.ts DeviceLostError': 'Why a device was lost.',
  'engine/webgpu/deviceNetwork.ts DeviceLostError': 'Why a device was lost.',
  'engine/webgpu/lossPlan.ts': 'Kernels in WGSL.',
  'engine/webgpu/normPlans.ts': 'Kernels in WGSL.',
  'engine/webgpu/product.ts': 'Kernels in WGSL.',
  'engine/webgpu/wgsl.ts': 'Kernels in WGSL.',
  'export/pytorch.ts': 'A program in Python, for programmers.',
  'protocol/codec.ts FrameError': 'Told to the program at the other end, as docs/protocol.md says.',
  'protocol/scan.ts': 'What FrameError says.',
  'selftest/referenceFile.ts ReferenceFileError': 'A file of reference gradients, for developers.',
  'selftest/referenceFile.ts': 'What ReferenceFileError says.',
  'selftest/referenceModel.ts ReferenceFileError': 'A file of reference gradients, for developers.',
  'selftest/referenceModel.ts': 'What ReferenceFileError says.',
  'selftest/selfTest.ts': 'Names of the values that a self-test compares.',
  'spec/presets/digits.ts':
    'What a preset shows is a field of its spec; words/chinese/presets.ts has the Chinese.',
  'spec/presets/neurons.ts': 'As digits.ts.',
  'spec/presets/overfitting.ts': 'As digits.ts.',
  'spec/presets/otherData.ts': 'As digits.ts.',
  'spec/presets/slowLines.ts': 'As digits.ts.',
};

const SOURCE = fileURLToPath(new URL('../', import.meta.url));

function* filesIn(folder: string): Generator<string> {
  for (const entry of readdirSync(`${SOURCE}${folder}`, { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* filesIn(path);
    else if (/\.ts$/.test(entry.name) && !/\.(?:test|suite|generated)\.ts$/.test(entry.name)) yield path;
  }
}

/** Where a file has sentences, by the error that they are in, and the first of each. */
function composed(file: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const { line, text, error } of literalsOf(readFileSync(`${SOURCE}${file}`, 'utf8'))) {
    if (!readsLikeEnglish(text) || DEFECTS.includes(error ?? '')) continue;
    const place = error === null ? file : `${file} ${error}`;
    if (!found.has(place)) found.set(place, `${file}:${line}: ${text}`);
  }
  return found;
}

test('no sentence is composed below the edge', () => {
  const places = [...filesIn('')]
    .filter((file) => !file.startsWith('words/'))
    .flatMap((file) => [...composed(file)]);
  const strange = places.filter(([place]) => !Object.hasOwn(ALLOWED, place)).map(([, where]) => where);
  expect(strange, 'Make a fact of each in facts/ and word it in words/.').toEqual([]);
  expect(Object.keys(ALLOWED).filter((place) => !places.some(([one]) => one === place))).toEqual([]);
});

test('only the messages of errors are worded below the edge', () => {
  const importing = [...filesIn('')].filter(
    (file) =>
      !file.startsWith('words/') &&
      file !== 'index.ts' &&
      /from '[./]+words\//.test(readFileSync(`${SOURCE}${file}`, 'utf8')),
  );
  for (const file of importing) {
    expect(readFileSync(`${SOURCE}${file}`, 'utf8').match(/words\/[\w/]+\.ts/g), file).toEqual([
      'words/messages.ts',
    ]);
    expect(file).toMatch(/Error\.ts$/);
  }
});

describe('the reading of literals', () => {
  const read = (source: string) => literalsOf(source).map(({ text, error }) => [text, error]);

  test('finds strings and templates with what is set in, and the error around them', () => {
    expect(
      read(
        'throw new RangeError(`$' + '{a} of $' + '{f(`b $' + "{c}`)} is 'wrong'.` + \"no\"); const x = 'y';",
      ),
    ).toEqual([
      ['b …', 'RangeError'],
      ["… of … is 'wrong'.", 'RangeError'],
      ['no', 'RangeError'],
      ['y', null],
    ]);
  });

  test('passes over comments, imports and regular expressions', () => {
    expect(read("/* 'a' */ import { b } from './c.ts'; // `d`\nconst e = /[/'\"`]/.test('f');")).toEqual([
      ['f', null],
    ]);
  });

  test.each([
    ['It was not to be.', true],
    ['… must be a number above 0', true],
    ['overlaps the tensor before it', true],
    ['model.layers', false],
    ['did you', false],
    ['mnist-lr-too-small', false],
    ['SHA-256 …', false],
  ])('%j reads like English: %s', (text, expected) => {
    expect(readsLikeEnglish(text)).toBe(expected);
  });
});
