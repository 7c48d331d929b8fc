import { describe, expect, it } from 'vitest';
import { splitDataSet } from '../split.ts';
import { digitsDataSet, digitsForRun } from './digits.ts';

const SIDE = 28;
const AREA = SIDE * SIDE;
const { info, train, test } = digitsDataSet({ train: 600, test: 200 });

describe('the built-in digits', () => {
  it('are the same bits everywhere', () => {
    // Written by this program on Node 20 and Node 24; a change of any shape or word changes it.
    expect(info.sha256).toBe('3f62aafd0e0ec9a72b86bd22265e3310d8de4a2a19bff774ef9bccfe70d44825');
  });

  it('say what they are', () => {
    expect(info).toMatchObject({ name: 'digits', source: 'digits', shape: [1, SIDE, SIDE], classes: 10 });
    expect([train.count, train.inputs.shape, train.inputs.values.length]).toEqual([
      600,
      [1, SIDE, SIDE],
      600 * AREA,
    ]);
    expect([test.count, test.targets.values.length]).toEqual([200, 200]);
  });

  it('do not depend on how many are drawn', () => {
    const fewer = digitsDataSet({ train: 7, test: 3 });
    expect(fewer.train.inputs.values).toEqual(train.inputs.values.slice(0, 7 * AREA));
    expect(fewer.test.targets.values).toEqual(test.targets.values.slice(0, 3));
    expect(fewer.test.inputs.values).not.toEqual(train.inputs.values.slice(0, 3 * AREA));
  });

  it('of a run are those that a split of the whole set has', () => {
    const options = { seed: 3, validation: 40, limit: 50 };
    const own = digitsForRun(options);
    const whole = splitDataSet(digitsDataSet(), options);
    for (const part of ['train', 'validation'] as const) {
      expect(own[part].count).toBe(whole[part].count);
      expect(own[part].targets.values).toEqual(whole[part].targets.values);
      expect(own[part].inputs.values).toEqual(whole[part].inputs.values);
    }
    expect(own.test.count).toBe(whole.test.count);
    expect(() => digitsForRun({ ...options, limit: 20_000 })).toThrow('19960');
  });

  it('have every class about equally often', () => {
    const counts = new Uint32Array(10);
    for (const label of train.targets.values) counts[label]! += 1;
    for (const count of counts) expect(Math.abs(count - 60)).toBeLessThan(30);
  });

  it('fill a 20 × 20 box, centred by mass, with as much ink as MNIST', () => {
    let ink = 0;
    for (let sample = 0; sample < train.count; sample += 1) {
      let mass = 0;
      let x = 0;
      let y = 0;
      const columns = new Set<number>();
      const rows = new Set<number>();
      for (let pixel = 0; pixel < AREA; pixel += 1) {
        const grey = train.inputs.values[sample * AREA + pixel]!;
        if (grey === 0) continue;
        mass += grey;
        x += grey * ((pixel % SIDE) + 0.5);
        y += grey * (Math.floor(pixel / SIDE) + 0.5);
        columns.add(pixel % SIDE);
        rows.add(Math.floor(pixel / SIDE));
      }
      ink += mass / AREA;
      expect(Math.abs(x / mass - SIDE / 2)).toBeLessThan(0.75);
      expect(Math.abs(y / mass - SIDE / 2)).toBeLessThan(0.75);
      const longest = Math.max(columns.size, rows.size);
      expect(longest).toBeGreaterThanOrEqual(18);
      expect(longest).toBeLessThanOrEqual(23);
    }
    // The mean grey of MNIST's training images is 33.3.
    expect(Math.abs(ink / train.count - 33.3)).toBeLessThan(4);
  });
});
