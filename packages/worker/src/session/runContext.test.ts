import {
  bytesOf,
  Codings,
  compileModel,
  floatsOf,
  initialParameters,
  resolveRunSpec,
  xxh32,
} from '@shoal/core';
import { describe, expect, it } from 'vitest';
import { tinySpec, tinyVectorLength, tinyWelcome } from '../tinyRun.suite.ts';
import { RunContext } from './runContext.ts';

const spec = resolveRunSpec({ ...tinySpec, coding: { down: 'int4' } });
const MODEL = compileModel(spec.model);
const { down } = new Codings(spec, MODEL);
if (down === null) throw new Error('Nothing goes down rounded.');
const CHANGE = new Float32Array(tinyVectorLength).fill(7 * 2 ** -6);
const CODED = down.encode(bytesOf(CHANGE));

const open = (changed = spec): RunContext =>
  new RunContext({ ...tinyWelcome, spec: changed as unknown as Record<string, unknown> });

const message = (version: number, base: number | null, vector: Uint8Array) =>
  ({ type: 'parameters', version, base, checksum: xxh32(vector), vector }) as const;
const twice = Uint8Array.from([...CODED, ...CODED]);

describe('parameters that come as changes', () => {
  const plus = (values: Float32Array, times: number): Float32Array =>
    values.map((value, i) => {
      let sum = value;
      for (let one = 0; one < times; one += 1) sum = Math.fround(sum + (CHANGE[i] as number));
      return i < MODEL.trainableLength ? sum : (CHANGE[i] as number);
    });

  it('are added to the version that they name, one after another, and leave that as it is', () => {
    const run = open();
    const drawn = initialParameters(MODEL, spec.seed);
    expect(run.takeParameters(message(1, 0, CODED))).toBeNull();
    expect(floatsOf(run.parameters(1) as Uint8Array)).toEqual(plus(drawn, 1));
    expect(run.takeParameters(message(3, 1, twice))).toBeNull();
    expect(floatsOf(run.parameters(3) as Uint8Array)).toEqual(plus(drawn, 3));
    expect(floatsOf(run.parameters(1) as Uint8Array)).toEqual(plus(drawn, 1));
  });

  it.each([
    ['of a version that is not here', message(7, 5, twice), 'is a change of version 5, which is not here'],
    ['of itself', message(1, 1, CODED), 'is a change of version 1, which is not here'],
    ['of other length', message(2, 0, CODED), `has ${CODED.length} bytes instead of ${2 * CODED.length}`],
    ['damaged', { ...message(1, 0, CODED), checksum: 1 }, 'checksum of parameter version 1 does not fit'],
    [
      'with a scale that is none',
      message(
        1,
        0,
        CODED.map((byte, i) => (i < 4 ? 0xff : byte)),
      ),
      'has numbers that int4 does not have',
    ],
    ['of a version far ahead', message(2 ** 40, 0, CODED), 'instead of'],
  ])('are refused where they are %s', (_what, change, problem) => {
    const run = open();
    expect(run.takeParameters(change)).toContain(problem);
    expect(run.parameters(change.version)).toBeNull();
  });

  it('are refused where parameters travel whole', () => {
    const run = open(tinySpec);
    expect(run.takeParameters(message(1, 0, CODED))).toContain('is a change, where parameters travel whole');
  });
});
