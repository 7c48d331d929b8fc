import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sentence } from '../words/sentence.ts';
import { canonicalJson, publishedSpec, specSha256, withoutTrust } from './canonicalJson.ts';
import { presets } from './presets/presets.ts';
import { resolveRunSpec } from './resolve.ts';
import { SpecError } from './specError.ts';

const model = { input: [784], layers: [{ type: 'dense', units: 10 }] };

/** The sentences that `input` is refused with. */
function problems(input: unknown): readonly string[] {
  try {
    resolveRunSpec(input);
  } catch (error) {
    if (error instanceof SpecError) return error.problems.map((problem) => sentence(problem, 'en'));
    throw error;
  }
  return [];
}

test('a spec of a model alone gets every default', () => {
  const spec = resolveRunSpec({ model });
  expect(spec.data).toEqual({
    source: 'mnist',
    limit: null,
    validation: 5000,
    order: 'shuffled',
    augment: { shift: 0, rotate: 0, scale: 0, elastic: { alpha: 0, sigma: 4 } },
  });
  expect(spec.optimizer).toEqual({
    type: 'adam',
    lr: 0.001,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
  });
  expect([spec.batch, spec.microbatch, spec.seed, spec.numerics]).toEqual([256, 64, 1, 'exact']);
});

test('a resolved spec resolves to itself', () => {
  for (const preset of presets) expect(resolveRunSpec(preset)).toEqual(preset);
});

test('an unknown field is named by its dotted path with the nearest known name', () => {
  expect(problems({ model, epoch: 3 })).toEqual([
    expect.stringContaining('epoch is not a field of a run spec: did you mean "epochs"?'),
  ]);
  expect(problems({ model, optimizer: { type: 'sgd', momentun: 0.9 } })[0]).toMatch(
    /^optimizer\.momentun is not a field of optimizer of type "sgd": .*Known here: type, lr, weightDecay\.$/,
  );
});

test('an unknown type is named with the nearest known type', () => {
  expect(problems({ model, optimizer: { type: 'adm' } })[0]).toContain(
    'optimizer.type cannot be "adm": did you mean "adam"?',
  );
  const layers = [{ type: 'conv2', filters: 3, kernel: 3 }];
  expect(problems({ model: { input: [1, 28, 28], layers } })[0]).toContain(
    'model.layers.0.type cannot be "conv2": did you mean "conv2d"?',
  );
});

test('layers inside residual blocks are checked with their place', () => {
  const layers = [{ type: 'residual', layers: [{ type: 'dense', unit: 4 }] }];
  expect(problems({ model: { input: [4], layers } }).join('\n')).toContain(
    'model.layers.0.layers.0.unit is not a field of model.layers.0.layers.0 of type "dense": did you mean "units"?',
  );
});

test.each([
  [{ model, optimizer: { type: 'sgd', lr: 0 } }, 'optimizer.lr must be a number above 0, not 0.'],
  [{ model, optimizer: { type: 'sgd', lr: '1e-3' } }, 'optimizer.lr must be a number above 0, not "1e-3".'],
  [{ model, epochs: -1 }, 'epochs must be a whole number from 0 to 1000000, not -1.'],
  [{ model, seed: 0.5 }, 'seed must be a whole number from 0 to 4294967295, not 0.5.'],
  [
    { model: { input: [4], layers: [{ type: 'dropout', rate: 1 }] } },
    'model.layers.0.rate must be a number of at least 0 and below 1, not 1.',
  ],
  [
    { model, batch: 8, microbatch: 16 },
    'microbatch is 16 but batch is 8: a step is cut into microbatches, so microbatch must be a whole number from 1 to 8.',
  ],
])('a value out of range is answered with the field, the value and the range: %j', (input, sentence) => {
  expect(problems(input)).toEqual([sentence]);
});

test('every fault is reported, not only the first', () => {
  expect(problems({ model, epochs: -1, batch: 0, seeed: 1 })).toHaveLength(3);
});

test('watching a validation set that a truth table does not have is refused', () => {
  const input = {
    model: { input: [2], layers: [{ type: 'dense', units: 1 }] },
    data: { source: 'table', table: 'and' },
    earlyStopping: {},
  };
  expect(problems(input)[0]).toContain('use "trainErrors" or "trainLoss"');
});

test('whatever JSON comes in, the answer is a spec or sentences', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.constantFrom('model', 'data', 'optimizer', 'earlyStopping'),
      (value, key) => {
        for (const input of [value, { model, [key]: value }]) {
          try {
            resolveRunSpec(input);
          } catch (error) {
            expect(error).toBeInstanceOf(SpecError);
            for (const line of (error as SpecError).message.split('\n')) expect(line).toMatch(/\.$/);
          }
        }
      },
    ),
  );
});

test('canonical JSON does not depend on the order of keys', () => {
  expect(canonicalJson({ b: [1, { d: 2, c: null }], a: 'x' })).toBe('{"a":"x","b":[1,{"c":null,"d":2}]}');
  const spec = resolveRunSpec({ model });
  const reversed = Object.fromEntries(Object.entries(spec).reverse()) as typeof spec;
  expect(specSha256(reversed)).toBe(specSha256(spec));
  expect(specSha256({ ...spec, seed: 2 })).not.toBe(specSha256(spec));
});

test('a spec written before there was trust resolves as before, and trust does not change what run it is', () => {
  const spec = resolveRunSpec({ model });
  expect(spec.trust).toEqual({ spotCheck: 0.05, quorum: 1, trim: 0 });
  const { trust: _, ...old } = spec;
  expect(resolveRunSpec(old)).toEqual(spec);
  const checked = resolveRunSpec({ model, trust: { spotCheck: 0.05, quorum: 2 } });
  expect(specSha256(checked)).toBe(specSha256(spec));
  expect(withoutTrust(checked)).toEqual(old);
});

test('a trimmed mean is for fast runs with enough microbatches, and makes another run', () => {
  const fast = resolveRunSpec({ model, numerics: 'fast', batch: 256, microbatch: 64 });
  const trimmed = resolveRunSpec({ ...fast, trust: { trim: 1 } });
  expect(specSha256(trimmed)).not.toBe(specSha256(fast));
  expect(() => resolveRunSpec({ model, trust: { trim: 1 } })).toThrow(/numerics is "exact"/);
  expect(() => resolveRunSpec({ ...fast, trust: { trim: 2 } })).toThrow(/2 · trim \+ 1/);
});

test('trust that cannot be given is refused with a sentence', () => {
  expect(() => resolveRunSpec({ model, trust: { spotCheck: 1.5 } })).toThrow(
    /trust\.spotCheck must be a number from 0 to 1/,
  );
  expect(() => resolveRunSpec({ model, trust: { quorum: 0 } })).toThrow(
    /trust\.quorum must be a whole number from 1 to 16/,
  );
  expect(() => resolveRunSpec({ model, trust: { spotCheck: 0, quorum: 2 } })).toThrow(
    /trust\.quorum is 2 but trust\.spotCheck is 0: .* never be found out\. Set trust\.spotCheck above 0, such as 0\.05\./,
  );
  expect(resolveRunSpec({ model, trust: { quorum: 2 } }).trust).toEqual({
    spotCheck: 0.05,
    quorum: 2,
    trim: 0,
  });
});

test('codings go with the step rule and the way of checking that they are for, and make another run', () => {
  const plain = resolveRunSpec({ model });
  expect(plain.coding).toEqual({ up: 'f32', down: 'f32' });
  expect(canonicalJson(publishedSpec(plain))).not.toContain('coding');
  const coded = resolveRunSpec({ model, coding: { up: 'int8', down: 'int4' } });
  expect(publishedSpec(coded).coding).toEqual({ up: 'int8', down: 'int4' });
  expect(specSha256(coded)).not.toBe(specSha256(plain));

  expect(problems({ model, coding: { up: 'int4' } })).toEqual([
    expect.stringMatching(/steps.type is "synchronous".*use "int8" or "f32"/),
  ]);
  expect(problems({ model, batch: 256, microbatch: 2, coding: { up: 'int8' } })).toEqual([
    expect.stringMatching(/a step has 128 microbatches: the sum of at most 127/),
  ]);
  expect(problems({ model, batch: 254, microbatch: 2, coding: { up: 'int8' } })).toEqual([]);
  expect(problems({ model, coding: { up: 'int2' } })).toEqual([expect.stringMatching(/coding.up.*int8/)]);

  const rounds = { model, steps: { type: 'localSteps' }, coding: { up: 'int4', down: 'int4' } };
  expect(problems(rounds)).toEqual([]);
  const fast = { ...rounds, numerics: 'fast' };
  for (const up of ['f32', 'int8', 'int4']) {
    const coded = { ...fast, coding: { up } };
    expect(problems(coded)).toEqual([expect.stringMatching(/trust.spotCheck.*use numerics "exact"/)]);
    expect(problems({ ...coded, trust: { quorum: 2 } })).toEqual([expect.stringMatching(/trust.quorum/)]);
    expect(problems({ ...coded, trust: { spotCheck: 0 } })).toEqual([]);
  }
});

const FILE = 'ab'.repeat(32);
const network = {
  input: [4],
  layers: [{ type: 'dense', units: 3 }, { type: 'relu' }, { type: 'dense', units: 2 }],
};

test('a model to begin with has defaults, null means none, and a spec without one says nothing of it', () => {
  expect(resolveRunSpec({ model: network, initial: { sha256: FILE } }).initial).toEqual({
    ...{ sha256: FILE, from: '', layers: null, frozen: false },
  });
  const plain = resolveRunSpec({ model: network });
  expect(plain).not.toHaveProperty('initial');
  expect(resolveRunSpec({ model: network, initial: null })).toEqual(plain);
  expect(canonicalJson(publishedSpec(plain))).not.toContain('initial');
  expect(
    resolveRunSpec(resolveRunSpec({ model: network, initial: { sha256: FILE, layers: 2 } })).initial,
  ).toEqual({ sha256: FILE, from: '', layers: 2, frozen: false });
});

test('a model to begin with is part of what a run is, but what somebody calls it is not', () => {
  const of = (initial: object | null) => specSha256(resolveRunSpec({ model: network, initial }));
  const begun = of({ sha256: FILE, layers: 1 });
  expect(begun).not.toBe(of(null));
  expect(begun).not.toBe(of({ sha256: 'cd'.repeat(32), layers: 1 }));
  expect(begun).not.toBe(of({ sha256: FILE, layers: 2 }));
  expect(begun).not.toBe(of({ sha256: FILE, layers: 1, frozen: true }));
  expect(begun).toBe(of({ sha256: FILE, layers: 1, from: 'a-run-20260105-101500-3f2a' }));
});

test.each([
  [{ layers: 2 }, 'initial names no model to begin with: name a run or a safetensors file with --initial'],
  [
    { sha256: 'abc' },
    'initial.sha256 must be the SHA-256 of a file, 64 hexadecimal digits in lower case, not "abc".',
  ],
  [{ sha256: FILE, layers: 0 }, 'initial.layers must be a whole number from 1 to 1000, not 0.'],
  [
    { sha256: FILE, layers: 4 },
    'initial.layers is 4, but model.layers has 3 entries: take at most 3, or all with null.',
  ],
  [
    { sha256: FILE, frozen: true },
    'initial.frozen leaves nothing to train: all 3 layers have all the parameters',
  ],
  [{ sha256: FILE, frozen: true, layers: 3 }, 'initial.frozen leaves nothing to train: the first 3 layers'],
  [{ sha256: FILE, file: 'a' }, 'initial.file is not a field of initial'],
])('a model to begin with that cannot be one is refused: %j', (initial, sentence) => {
  expect(problems({ model: network, initial })[0]).toContain(sentence);
});

test('of layers without parameters nothing can be taken', () => {
  const flat = { input: [1, 2, 2], layers: [{ type: 'flatten' }, ...network.layers] };
  expect(problems({ model: flat, initial: { sha256: FILE, layers: 1 } })).toEqual([
    'initial.layers is 1, but the first layer has no parameters to take: take more layers.',
  ]);
});
