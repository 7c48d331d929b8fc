/** Every value that docs/protocol.md works out, computed anew, so that the page cannot drift from the code. */
import { describe, expect, it } from 'vitest';
import { fractionOf, roundReference } from '../coding/roundingReference.ts';
import { scaleFor, WHOLE_MAX } from '../coding/scale.ts';
import { Augmenter } from '../data/augment.ts';
import { encodeSamples } from '../data/blocks.ts';
import { selectSamples } from '../data/dataSet.ts';
import { ElasticField } from '../data/elasticField.ts';
import { epochOrder, orderByBlocks, permutation, shuffledOrder } from '../data/order.ts';
import { tableDataSet } from '../data/tables.ts';
import { valuesOf } from '../data/tensor.ts';
import { packedBytes, panelsBytes } from '../engine/wasm/planned.ts';
import { wasmStrictEngine } from '../engine/wasm/wasmEngine.ts';
import { flatBytes, planesBytes } from '../engine/wasm/winogradPlan.ts';
import { compileModel } from '../nn/compile.ts';
import { initialParameters, ROLE_NUMBERS } from '../nn/initialize.ts';
import type { LayerSpec } from '../nn/layers.ts';
import { nodesOfRange } from '../parallel/tree.ts';
import { type Key, Purpose, RandomStream, threefry } from '../random/threefry.ts';
import { findPreset } from '../spec/presets/presets.ts';
import { CODING_NAMES, type RunSpec } from '../spec/runSpec.ts';
import { piecesOfLeaves } from '../train/position.ts';
import { bytesOf } from './bytes.ts';
import { xxh32 } from './checksum.ts';
import { Codings } from './coding.ts';
import { page, rows, section } from './page.suite.ts';

/** In the order of the page. */
const paragraphs = [...page.matchAll(/^Test values?\b[\s\S]*?(?=\n\n)/gm)].map(([text]) => flat(text));

function flat(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

const bytesShown = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
const hex = (word: number): string => word.toString(16).padStart(8, '0');
const bitsOf = (values: Float32Array): string =>
  [...new Uint32Array(values.slice().buffer)].map(hex).join(' ');
const wordsOf = (key: Key, sample: number, count: number): string => {
  const stream = new RandomStream(key, sample);
  return Array.from({ length: count }, (_, i) => hex(stream.word(i))).join(' ');
};

/** With the page's minus sign. */
const shown = (value: number): string => String(value).replace('-', '−');
/** The fewest digits that tell a float32 from every other. */
function shown32(value: number): string {
  const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9].find(
    (count) => Math.fround(Number(value.toPrecision(count))) === value,
  );
  return shown(Number(value.toPrecision(digits)));
}
const list = (values: Float32Array): string => [...values].map(shown32).join(', ');
const series = (values: Float32Array): string => list(values).replace(/, ([^,]*)$/, ' and $1');

const xor = findPreset('mlp-xor');
const xorModel = compileModel(xor.model);

describe('docs/protocol.md works out', () => {
  it('the guests of a partial and its node', () => {
    const text = flat(section('## Gateways'));
    const by = bytesShown(bytesOf(Uint32Array.of(3, 7, 300)));
    expect(text).toContain(`guests 3, 7 and 300 is the 12 bytes \`${by}\``);
    const named = (from: number, to: number): string =>
      nodesOfRange(from, to, 8)
        .map(({ level, index }) => `(${level}, ${index})`)
        .join(' ');
    expect(text).toContain(
      `one partial for node ${named(4, 8)}, the sum of theirs for ${named(4, 6)} and ${named(6, 8)}`,
    );
  });

  it('checksums', () => {
    const of = (bytes: Uint8Array): string => hex(xxh32(bytes));
    const [nothing, abc] = [of(new Uint8Array(0)), of(new TextEncoder().encode('abc'))];
    expect(paragraphs[0]).toBe(
      `Test values: no bytes \`${nothing}\`; "abc" \`${abc}\`; the eight bytes of (1, −2) above \`${of(bytesOf(Float32Array.of(1, -2)))}\`.`,
    );
  });

  it('initial parameters', () => {
    const vector = initialParameters(xorModel, 1);
    const [first, last] = [vector.subarray(0, 4), vector.subarray(24, 26)];
    expect(paragraphs[1]).toBe(
      `Test values: for \`mlp-xor\` with seed 1, \`dense1.weight\` begins with \`${bitsOf(first)}\` (${list(first)}) and ` +
        `\`dense3.weight\` with \`${bitsOf(last)}\` (${list(last)}).`,
    );
  });

  it('orders and the split', () => {
    const orders = [0, 1].map((epoch) => `epoch ${epoch} visits ${shuffledOrder(1, epoch, 10).join(' ')}`);
    const split = permutation([1, Purpose.split, 0, 0], 10).join(' ');
    const blocks = permutation([1, Purpose.shuffle, 1, 0], 6).join(' ');
    const byBlocks = orderByBlocks(1, 0, 1300);
    expect(paragraphs[2]).toBe(
      `Test values for n = 10 and seed 1: ${orders.join(', ')}; the split's permutation is ${split}. ` +
        `For n = 1300 and seed 1, by blocks: epoch 0 has the blocks ${blocks}; it begins with ` +
        `${byBlocks.subarray(0, 4).join(' ')}, has ${byBlocks.subarray(1022, 1026).join(' ')} at the places 1022 to 1025, ` +
        `and ends with ${byBlocks.subarray(-4).join(' ')}.`,
    );
  });

  it('a mask of dropout', () => {
    const key: Key = [1, Purpose.dropout, 2, 0];
    const stream = new RandomStream(key, 5);
    const kept = [0, 1, 2, 3, 4, 5, 6, 7].filter((i) => stream.word(i) >= Math.floor(0.5 * 2 ** 32));
    expect(paragraphs[3]).toBe(
      `Test value: with seed 1, layer 2, epoch 0, sample 5 the words 0 … 7 are \`${wordsOf(key, 5, 8)}\`; at rate 0.5 only element ${kept.join(', ')} is kept.`,
    );
  });

  it('augmentation and its elastic field', () => {
    const words = (purpose: number): string => `\`${wordsOf([1, purpose, 0, 3], 42, 4)}\``;
    const elastic = { alpha: 34, sigma: 4 };
    const field = new ElasticField({ ...elastic, seed: 1, height: 28, width: 28 });
    field.fill(42, 3);
    const [dx, dy] = [field.values[0], field.values[28 * 28]] as [number, number];
    const image = Uint8Array.from({ length: 784 }, (_, i) => 7 * (i % 28) + 13 * Math.floor(i / 28));
    const moved = new Float32Array(784);
    const augment = { shift: 2, rotate: 10, scale: 0.1, elastic };
    new Augmenter({ augment, seed: 1, shape: [1, 28, 28] }).apply(image, 0, 255, 42, 3, moved, 0);
    const pixel = (x: number, y: number): string => {
      const one = moved.subarray(28 * y + x, 28 * y + x + 1);
      return `\`${bitsOf(one)}\` (${list(one)})`;
    };
    expect(paragraphs[4]).toBe(
      `Test values: with seed 1, epoch 3, sample 42 the words of \`augment\` are ${words(Purpose.augment)}, those of \`elastic\` ` +
        `begin with ${words(Purpose.elastic)}, and for 28 × 28 pixels, alpha 34 and sigma 4 the field is dx = ${shown(dx)}, ` +
        `dy = ${shown(dy)} at (0, 0). With \`shift\` 2, \`rotate\` 10 and \`scale\` 0.1 beside them, an image whose byte at (x, y) ` +
        `is (7 · x + 13 · y) mod 256 has ${pixel(14, 13)} at (14, 13) and ${pixel(0, 27)} at (0, 27).`,
    );
  });

  it('batch norm', async () => {
    const model = compileModel({ input: [1], layers: [{ type: 'batch_norm' }], loss: 'mse' });
    const executor = await wasmStrictEngine.compile(model, { microbatch: 4, inputGradient: false });
    executor.parameters.set([2, 1, 0, 1]);
    executor.parametersChanged();
    executor.inputs.set([1, 2, 3, 6]);
    executor.computeGradient(4, { seed: 1, epoch: 0 });
    const trained = series(executor.outputs);
    const [mean, variance] = [...executor.gradient.subarray(2)].map(shown32);
    executor.evaluate(4);
    expect(paragraphs[5]).toBe(
      `Test values: four samples whose only feature is 1, 2, 3 and 6 become ${trained} with scale 2, shift 1 and epsilon ` +
        `0.00001; the places of the running mean and variance carry ${mean} and ${variance}. An evaluation with running mean 0 ` +
        `and variance 1 makes of them ${series(executor.outputs)}.`,
    );
  });

  it('sizes of buffers', () => {
    expect(paragraphs[6]).toBe(
      `Test values: packed(29, 31) has ${packedBytes(29, 31)} bytes, packed(10, 128) ${packedBytes(10, 128)}, ` +
        `planes(36, 9, 8) ${planesBytes(36, 9, 8)}, panels(65, 49, 8) ${panelsBytes(65, 49, 8)}, ` +
        `flat(49, 9, 7) ${flatBytes(49, 9, 7)}.`,
    );
  });

  it('the probe of a preset', async () => {
    const { train } = tableDataSet('xor');
    const executor = await wasmStrictEngine.compile(xorModel, { microbatch: 4, inputGradient: false });
    executor.parameters.set(initialParameters(xorModel, xor.seed));
    executor.parametersChanged();
    const samples = epochOrder(xor, 0, 4);
    samples.forEach((sample, i) => {
      executor.inputs.set(train.inputs.values.subarray(2 * sample, 2 * sample + 2), 2 * i);
      executor.targets[i] = train.targets.values[sample] as number;
    });
    executor.samples.set(samples);
    const { loss, correct } = executor.computeGradient(4, { seed: xor.seed, epoch: 0 });
    const { gradient, targets } = executor;
    expect(paragraphs[7]).toBe(
      `Test values: the probe of the preset \`mlp-xor\` takes samples ${samples.join(' ')} with labels ${targets.join(' ')} in one ` +
        `microbatch of ${xor.microbatch}. Its loss is ${loss}, its \`correct\` ${correct}. The gradient begins with ` +
        `\`${bitsOf(gradient.subarray(0, 4))}\` (dense1.weight), ends with \`${bitsOf(gradient.subarray(32))}\` (dense3.bias), and ` +
        `its checksum is \`${hex(xxh32(bytesOf(gradient)))}\`.`,
    );
  });

  it('nothing that is not computed here', () => {
    expect(paragraphs).toHaveLength(8);
  });

  it('blocks of the generator', () => {
    const table = [
      ...section('## Randomness').matchAll(/^\| ([\da-f ]{7,}|all f+) \| ([^|]+) \| `([\da-f ]+)` \|$/gm),
    ];
    const four = (cell: string): number[] => {
      const words = cell
        .replace(/^all (\w+)$/, '$1 $1 $1 $1')
        .trim()
        .split(' ');
      return words.map((word) => Number.parseInt(word, 16));
    };
    expect(table).toHaveLength(5);
    for (const [, key = '', counter = '', block] of table) {
      const [c0 = 0, c1 = 0, c2 = 0, c3 = 0] = four(counter);
      const out = new Uint32Array(4);
      threefry(four(key) as unknown as Key, c0, c1, c2, c3, out);
      expect([...out].map(hex).join(' ')).toBe(block);
    }
  });

  it('the nodes of ranges', () => {
    const table = [
      ...section('## Leases and the reduction tree').matchAll(
        /^\| \[(\d+), (\d+)\) \| (\d+) \| ([(), \d]+)/gm,
      ),
    ];
    expect(table.length).toBeGreaterThan(9);
    for (const [, from, to, leaves, nodes] of table) {
      const right = nodesOfRange(Number(from), Number(to), Number(leaves));
      expect(nodes?.trim()).toBe(right.map(({ level, index }) => `(${level}, ${index})`).join(', '));
    }
  });

  it('a vector in each coding', () => {
    const text = flat(section('### Codings'));
    const plain = new Codings(xor, compileModel(xor.model)).up(null);
    const coded = plain.encode(bytesOf(Float32Array.of(1, -2)));
    expect(text).toContain(
      `in \`f32\` the vector (1, −2) is the ${coded.length} bytes \`${bytesShown(coded)}\`.`,
    );
    expect(rows(section('### Codings')).map(([name]) => name)).toEqual(CODING_NAMES);

    const model = compileModel({
      input: [1],
      layers: [{ type: 'dense', units: 3, bias: false }],
      loss: 'cross_entropy',
    });
    const [key, leaf] = [[1, Purpose.up, 0, 5] as const, 2];
    const bits = [0, 1, 2].map((i) => (fractionOf(key, leaf, i) * 65536 - 0.5).toString(16));
    expect(text).toContain(`k is ${bits[0]}, ${bits[1]} and ${bits[2]} (hexadecimal)`);
    const localSteps = {
      ...xor,
      steps: { type: 'localSteps', replicas: 1, localSteps: 1 },
    } as unknown as RunSpec;
    for (const up of ['int8', 'int4'] as const) {
      const vector = Float32Array.of(1, -2, 0.3);
      const scale = scaleFor(2, WHOLE_MAX[up]);
      roundReference(vector, scale, WHOLE_MAX[up], key, leaf);
      const wholes = [...vector]
        .map((value) => value / scale)
        .join(' ')
        .replaceAll('-', '−');
      const bytes = new Codings({ ...localSteps, coding: { up, down: 'f32' } }, model)
        .up(null)
        .encode(bytesOf(vector));
      expect(text).toContain(
        `n \`${up}\` the scale is ${scale}, the whole numbers are ${wholes}, and the bytes \`${bytesShown(bytes)}\``,
      );
    }
  });

  it('what a lease carries', () => {
    const samples = Uint32Array.of(3, 1);
    const { inputs, targets, ...chosen } = selectSamples(tableDataSet('xor').train, samples);
    const values = encodeSamples({ ...chosen, inputs, targets });
    const pairs = [0, 1].map((row) => valuesOf(inputs, row).join(' '));
    expect(flat(section('#### `lease`'))).toContain(
      `\`values\` of samples ${samples.join(' and ')} of the XOR table are ${values.length} bytes, the inputs ${pairs.join(' and ')} and the classes ${targets.values.join(' and ')}: ` +
        `\`${bytesShown(values)}\`.`,
    );
  });

  it('which samples a leaf has', () => {
    const shape = { trainCount: 10, stepSamples: 4, leafSamples: 2, epochs: 2, acrossEpochs: false };
    const [piece] = piecesOfLeaves(shape, 4, 1, 2);
    const [first, second] = shuffledOrder(1, 1, 10).subarray(piece?.from, piece?.to);
    expect(flat(section('#### `lease`'))).toContain(
      `of 10 samples with seed 1, \`batch\` 4 and \`microbatch\` 2, an epoch has 3 steps: leaf 1 of step 4 has the places ` +
        `${piece?.from} and ${(piece?.to ?? 0) - 1} of epoch ${piece?.epoch}, which are the samples ${first} and ${second}.`,
    );
  });

  it('the layout of a flat vector, and a block of data', () => {
    const tensors = xorModel.tensors.map(
      ({ name, shape, offset }) => `\`${name}\` [${shape.join(', ')}] at ${offset}`,
    );
    expect(flat(section('## The model and its flat vector'))).toContain(
      `input [2], dense 8, tanh, dense 1, has ${tensors.join(', ')}; vectorLength is ${xorModel.vectorLength}.`,
    );
    const { train } = tableDataSet('xor');
    const bytes = encodeSamples(train);
    const pairs = [0, 1, 2, 3].map((i) => train.inputs.values.subarray(2 * i, 2 * i + 2).join(' '));
    expect(flat(section('## Data blocks over HTTP'))).toContain(
      `the four samples of the XOR table are one block of ${bytes.length} bytes: eight f32 inputs ${pairs.join(', ')} and ` +
        `the targets \`${bytesShown(bytes.subarray(32))}\`.`,
    );
  });
});

describe('docs/protocol.md has the numbers of the code', () => {
  it('in every key of random numbers', () => {
    const keysIn = (heading: string): number[] =>
      [...section(heading).matchAll(/key\s+\[seed,\s+(\d+),/g)].map(([, purpose]) => Number(purpose));
    expect(keysIn('### Initial parameters')).toEqual([Purpose.initialize]);
    expect(keysIn('### Order and split')).toEqual([
      Purpose.split,
      Purpose.shuffle,
      Purpose.shuffle,
      Purpose.shuffle,
    ]);
    expect(keysIn('### Dropout masks')).toEqual([Purpose.dropout]);
    expect(keysIn('### Codings')).toEqual([Purpose.up]);
    expect(keysIn('### Augmentation')).toEqual([Purpose.augment, Purpose.elastic]);
    expect(keysIn('## Randomness')).toHaveLength(8);
  });

  it('in the roles of tensors', () => {
    const roles = Object.entries(ROLE_NUMBERS).map(([role, number]) => `${role} ${number}`);
    expect(flat(section('### Initial parameters'))).toContain(`the sample word: ${roles.join(', ')}.`);
  });

  it('in the defaults of layers', () => {
    const table = rows(section('## The model and its flat vector'));
    const defaults = (type: string): { [field: string]: number } => {
      const [, fields = ''] = table.find(([names]) => names?.split(', ').includes(type)) ?? [];
      const given = [...fields.matchAll(/(\w+) \((-?[\d.]+)\)/g)];
      return Object.fromEntries(given.map(([, field, value]) => [field, Number(value)]));
    };
    const compiled = (layer: LayerSpec): object =>
      compileModel({ input: [3], layers: [layer], loss: 'mse' }).layers[0] ?? {};
    expect(compiled({ type: 'batch_norm' })).toMatchObject(defaults('batch_norm'));
    expect(compiled({ type: 'layer_norm' })).toMatchObject(defaults('layer_norm'));
    expect(compiled({ type: 'leaky_relu' })).toMatchObject(defaults('leaky_relu'));
    const { slope } = defaults('prelu');
    expect(compiled({ type: 'prelu' })).toMatchObject({ slope: { start: { value: slope } } });
    const { stride, padding } = defaults('conv2d');
    const conv = compileModel({
      input: [1, 5, 5],
      layers: [{ type: 'conv2d', filters: 1, kernel: 3 }, { type: 'flatten' }],
      loss: 'mse',
    }).layers[0];
    expect(conv).toMatchObject({ stride: [stride, stride], padding: [padding, padding] });
  });
});
