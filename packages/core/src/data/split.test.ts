import { describe, expect, it } from 'vitest';
import { classSamples, type DataSet } from './dataSet.ts';
import { splitDataSet, splitForRun } from './split.ts';
import { tableDataSet } from './tables.ts';

const numbered = (count: number): DataSet => {
  const samples = classSamples(
    { shape: [2], values: Uint8Array.from({ length: 2 * count }, (_, i) => i) },
    Uint8Array.from({ length: count }, (_, i) => i % 10),
  );
  return {
    info: { name: 'numbered', source: 'idx', shape: [2], classes: 10, sha256: '' },
    train: samples,
    test: samples,
  };
};

describe('a split', () => {
  it('gives every training sample to exactly one part, with its own label', () => {
    const { train, validation } = splitDataSet(numbered(50), { seed: 4, validation: 8, limit: null });
    expect([train.count, validation.count]).toEqual([42, 8]);
    const seen: number[] = [];
    for (const part of [train, validation]) {
      for (let i = 0; i < part.count; i += 1) {
        const row = part.inputs.values[2 * i]! / 2;
        expect(part.inputs.values[2 * i + 1]).toBe(2 * row + 1);
        expect(part.targets.values[i]).toBe(row % 10);
        seen.push(row);
      }
    }
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  it('holds the same validation samples out whatever the limit, and a limit takes a prefix', () => {
    const whole = splitDataSet(numbered(50), { seed: 4, validation: 8, limit: null });
    const limited = splitDataSet(numbered(50), { seed: 4, validation: 8, limit: 5 });
    expect(limited.validation).toEqual(whole.validation);
    expect(limited.train.inputs.values).toEqual(whole.train.inputs.values.slice(0, 10));
    expect(limited.train.count).toBe(5);
  });

  it('moves the samples of a set that nobody reads again to the same places', () => {
    for (const count of [1, 2, 50, 257]) {
      const options = {
        seed: 4,
        validation: Math.floor(count / 5),
        limit: count > 2 ? Math.floor(count / 2) : null,
      };
      const copied = splitDataSet(numbered(count), options);
      const spent = numbered(count);
      const moved = splitDataSet({ ...spent, test: copied.test, isSpent: true }, options);
      expect(moved).toEqual(copied);
      expect(moved.train.inputs.values.buffer).toBe(spent.train.inputs.values.buffer);
      expect(moved.validation.targets.values.buffer).toBe(spent.train.targets.values.buffer);
    }
  });

  it('gives the same parts of a spent set however often and by whatever seeds it is split', () => {
    const spent = { ...numbered(50), isSpent: true };
    for (const seed of [4, 4, 5, 4, 6, 6, 5]) {
      const options = { seed, validation: 8, limit: 30 };
      const { train, validation } = splitDataSet({ ...spent }, options);
      expect({ train, validation }).toEqual({ ...splitDataSet(numbered(50), options), test: undefined });
    }
  });

  it('moves the bytes of a Buffer of Node.js, whose slices are no copies', () => {
    const options = { seed: 4, validation: 8, limit: null };
    const { info, train } = numbered(50);
    const inBuffer = (values: ArrayLike<number>) => Buffer.from(Array.from(values));
    const spent = {
      ...train,
      inputs: { shape: [2], values: inBuffer(train.inputs.values) },
      targets: { shape: [], values: inBuffer(train.targets.values) },
    };
    const moved = splitDataSet({ info, train: spent, test: train, isSpent: true }, options);
    const copied = splitDataSet(numbered(50), options);
    expect([...moved.train.inputs.values]).toEqual([...copied.train.inputs.values]);
    expect([...moved.validation.targets.values]).toEqual([...copied.validation.targets.values]);
  });

  it('leaves a validation set of its own as it is', () => {
    const validation = numbered(7).train;
    const splits = splitDataSet({ ...numbered(50), validation }, { seed: 4, validation: 8, limit: null });
    expect(splits.validation).toBe(validation);
    expect(splits.train.count).toBe(50);
  });

  it('depends on the seed', () => {
    const options = { validation: 8, limit: null };
    expect(splitDataSet(numbered(50), { seed: 5, ...options }).validation).not.toEqual(
      splitDataSet(numbered(50), { seed: 4, ...options }).validation,
    );
  });

  it.each([
    [
      { validation: 50, limit: null },
      /^data\.validation is 50, but the training set of numbered has 50 .*at most 49/,
    ],
    [{ validation: 8, limit: 43 }, /^data\.limit is 43, but numbered has 42 training samples beside the 8/],
    [{ validation: 8, limit: 0 }, /^data\.limit is 0/],
    [{ validation: -1, limit: null }, /^data\.validation must be a whole number/],
    [{ validation: 0, limit: 1.5 }, /^data\.limit must be a whole number/],
  ])('of %o is refused with a sentence', (options, message) => {
    expect(() => splitDataSet(numbered(50), { seed: 4, ...options })).toThrow(message);
  });

  it('leaves a truth table whole and in its order', () => {
    const splits = splitForRun(tableDataSet('xor'), { source: 'table', table: 'xor' }, 1);
    expect([...splits.train.inputs.values]).toEqual([0, 0, 0, 1, 1, 0, 1, 1]);
    expect([...splits.train.targets.values]).toEqual([0, 1, 1, 0]);
    expect(splits.validation.count).toBe(0);
    expect(splits.test).toBe(splits.train);
  });

  it('of the table `not` has one input', () => {
    const { info, train } = tableDataSet('not');
    expect(info).toMatchObject({ name: 'not', source: 'table', shape: [1], classes: 2 });
    expect([...train.inputs.values]).toEqual([0, 1]);
    expect([...train.targets.values]).toEqual([1, 0]);
  });
});
