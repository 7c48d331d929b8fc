/** The trials of a sweep: which combinations of values there are, in which order, and the run spec of each. */
import { exp, log } from '../math/elementary.ts';
import { RandomStream } from '../random/threefry.ts';
import { applyFields } from '../spec/overrides.ts';
import { shown } from '../spec/problems.ts';
import type { RunSpec } from '../spec/runSpec.ts';
import { SpecError } from '../spec/specError.ts';
import type { Sweep, SweepAxis, Trial } from './sweep.ts';
import { refusalAt } from './sweepError.ts';

/** Purpose word of a sweep's random numbers, which are no part of any run. */
const SWEEP_PURPOSE = 0x7377;
/** Significant digits of what is drawn from a range: more would only be noise in a table. */
const DIGITS = 4;

type Values = Readonly<Record<string, unknown>>;

/**
 * A function of the sweep alone: the same trials in the same order on any machine.
 * @throws SpecError with what is wrong with the first trial that is no run spec
 */
export function trialsOf(sweep: Sweep): readonly Trial[] {
  return combinations(sweep).map((values, index) => {
    const number = index + 1;
    return { number, values, spec: specOf(sweep.base, values, number) };
  });
}

function combinations({ axes, search }: Sweep): readonly Values[] {
  const trials = search.type === 'grid' ? null : search.trials;
  return search.type === 'grid' || trials === null ? grid(axes) : draw(axes, trials, search.seed);
}

function grid(axes: readonly SweepAxis[]): readonly Values[] {
  return axes.reduce<readonly Values[]>(
    (before, axis) => {
      const values = axis.type === 'values' ? axis.values : [];
      return before.flatMap((one) => values.map((value) => ({ ...one, [axis.path]: value })));
    },
    [{}],
  );
}

/** Combinations that were drawn before are passed over: there are as many others, which has been checked. */
function draw(axes: readonly SweepAxis[], trials: number, seed: number): readonly Values[] {
  const drawn = new Map<string, Values>();
  for (let attempt = 0; drawn.size < trials; attempt += 1) {
    const stream = new RandomStream([seed, SWEEP_PURPOSE, 0, 0], attempt);
    const values = Object.fromEntries(
      axes.map((axis, index) => [axis.path, valueAt(axis, stream.uniform(index))]),
    );
    const text = JSON.stringify(values);
    if (!drawn.has(text)) drawn.set(text, values);
  }
  return [...drawn.values()];
}

/** `part` is in [0, 1). */
function valueAt(axis: SweepAxis, part: number): unknown {
  if (axis.type === 'values') return axis.values[Math.floor(part * axis.values.length)];
  const { from, to, scale, whole } = axis;
  const within = (value: number): number => Math.min(to, Math.max(from, value));
  if (whole) {
    // Each whole number has an interval of its own, the last one too.
    const value = scale === 'log' ? logBetween(from, to + 1, part) : from + part * (to + 1 - from);
    return within(Math.floor(value));
  }
  const value = scale === 'log' ? logBetween(from, to, part) : from + part * (to - from);
  return within(Number(value.toPrecision(DIGITS)));
}

const logBetween = (from: number, to: number, part: number): number =>
  exp(log(from) + part * (log(to) - log(from)));

function specOf(base: RunSpec, values: Values, number: number): RunSpec {
  const { batch, microbatch } = values;
  // A smaller batch brings the microbatch down with it, as in a spec that names none.
  const follows = typeof batch === 'number' && batch < base.microbatch && microbatch === undefined;
  try {
    return applyFields(base, Object.entries({ ...values, ...(follows && { microbatch: batch }) }));
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    throw refusalAt(`trial ${number} (${valuesText(values)})`, error);
  }
}

/** `optimizer.lr=0.01 batch=32` */
export const valuesText = (values: Values): string =>
  Object.entries(values)
    .map(([path, value]) => `${path}=${typeof value === 'string' ? value : shown(value)}`)
    .join(' ');
