/** From what somebody wrote to a sweep with every field filled and checked. */
import * as v from 'valibot';
import { choiceOf } from '../data/dataSpec.ts';
import type { SweepFact } from '../facts/sweepFacts.ts';
import { checkExtent } from '../spec/extent.ts';
import { fields, flag, number, oneOf, text, whole } from '../spec/fields.ts';
import { problemOf, shown } from '../spec/problems.ts';
import type { RunSpec } from '../spec/runSpec.ts';
import { isRecord, rootNode } from '../spec/schemaWalk.ts';
import { SpecError, type SpecProblem } from '../spec/specError.ts';
import {
  goalOf,
  SWEEP_FIELDS_MAX,
  SWEEP_GOALS,
  SWEEP_METRICS,
  SWEEP_NAME_MAX,
  type Sweep,
  type SweepAxis,
  type SweepSearch,
  TRIALS_MAX,
} from './sweep.ts';
import { refusalOf } from './sweepError.ts';

const trials = whole(1, TRIALS_MAX);
const seed = v.optional(whole(0, 4_294_967_295), 1);
const epochs = whole(1, 1_000_000);

const searchSchema = v.variant('type', [
  fields({ type: v.literal('grid') }),
  fields({ type: v.literal('random'), trials, seed }),
  fields({
    type: v.literal('successiveHalving'),
    trials: v.optional(v.nullable(trials), null),
    seed,
    eta: v.optional(whole(2, 16), 3),
    minEpochs: v.optional(epochs, 1),
    maxEpochs: v.exactOptional(epochs),
  }),
]);

/** Below one field, so that paths begin with the word. */
const written = fields({
  sweep: fields({
    name: text(400),
    base: v.custom<string | object>((value) => typeof value === 'string' || isRecord(value), message('base')),
    vary: v.custom<Readonly<Record<string, unknown>>>(isRecord, message('vary')),
    search: v.optional(searchSchema, { type: 'grid' }),
    objective: v.optional(
      fields({
        metric: v.optional(oneOf(SWEEP_METRICS), 'validationLoss'),
        goal: v.exactOptional(oneOf(SWEEP_GOALS)),
      }),
      {},
    ),
  }),
});

const rangeSchema = fields({
  from: number({}),
  to: number({}),
  scale: v.optional(oneOf(['linear', 'log']), 'linear'),
  whole: v.optional(flag, false),
});

function message(field: 'base' | 'vary'): string {
  const names = field === 'base' ? ['preset'] : ['optimizer.lr'];
  return JSON.stringify({ kind: 'object', fields: names });
}

/**
 * `specOf` makes the run spec of what stands under `base`: the name of a preset, or the fields of a spec.
 * Whether the trials can be run is for `trialsOf` to say.
 * @throws SpecError with every fault of the sweep, or with those of its base
 */
export function resolveSweep(input: unknown, specOf: (base: string | object) => RunSpec): Sweep {
  checkExtent(input);
  const whole = { sweep: input };
  const parsed = v.safeParse(written, whole);
  if (!parsed.success)
    throw new SpecError(parsed.issues.map((issue) => problemOf(rootNode(written), whole, issue)));
  const { name, base, vary, search, objective } = parsed.output.sweep;
  const problems: SpecProblem[] = [];
  if (!isSweepName(name)) problems.push({ type: 'sweepName', value: shown(name), most: SWEEP_NAME_MAX });
  const paths = Object.keys(vary);
  if (paths.length === 0) problems.push({ type: 'sweepVariesNothing' });
  if (paths.length > SWEEP_FIELDS_MAX) {
    problems.push({ type: 'sweepFieldsMost', fields: paths.length, most: SWEEP_FIELDS_MAX });
  }
  const axes = paths.flatMap((path) => axisOf(path, vary[path], problems));
  if (problems.length > 0) throw refusalOf(problems);
  const spec = specOf(base);
  const complete: SweepSearch =
    search.type === 'successiveHalving' ? { maxEpochs: Math.max(1, spec.epochs), ...search } : search;
  const { metric, goal = goalOf(metric) } = objective;
  const sweep: Sweep = {
    name,
    // How long a trial is trained at most is a part of its spec: learning rates may follow from it.
    base: complete.type === 'successiveHalving' ? { ...spec, epochs: complete.maxEpochs } : spec,
    axes,
    search: complete,
    objective: { metric, goal },
  };
  const contradictions = [...searchProblems(sweep), ...objectiveProblems(sweep)];
  if (contradictions.length > 0) throw refusalOf(contradictions);
  return sweep;
}

/** It is part of the names of folders and of addresses. */
export const isSweepName = (name: string): boolean =>
  /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name) && name.length <= SWEEP_NAME_MAX;

function axisOf(path: string, value: unknown, problems: SpecProblem[]): SweepAxis[] {
  if (Array.isArray(value)) {
    if (value.length === 0) problems.push({ type: 'sweepValuesEmpty', at: path });
    const texts = value.map((one) => JSON.stringify(one));
    const twice = texts.find((text, index) => texts.indexOf(text) < index);
    if (twice !== undefined)
      problems.push({ type: 'sweepValueTwice', at: path, value: shown(JSON.parse(twice)) });
    return [{ path, type: 'values', values: value }];
  }
  if (!isRecord(value)) {
    problems.push({ type: 'sweepValuesExpected', at: path, value: shown(value) });
    return [];
  }
  const parsed = v.safeParse(rangeSchema, value);
  if (!parsed.success) {
    for (const issue of parsed.issues) {
      const problem = problemOf(rootNode(rangeSchema), value, issue);
      problems.push({ type: 'problemAt', place: `vary ${path}`, problem });
    }
    return [];
  }
  const { from, to, scale, whole: isWhole } = parsed.output;
  if (!(from < to)) problems.push({ type: 'sweepRangeOrder', at: path, from, to });
  else if (scale === 'log' && from <= 0) problems.push({ type: 'sweepLogRange', at: path, from });
  else if (isWhole && !(Number.isSafeInteger(from) && Number.isSafeInteger(to))) {
    problems.push({ type: 'sweepWholeRange', at: path, from, to });
  }
  return [{ path, type: 'range', from, to, scale, whole: isWhole }];
}

function searchProblems({ axes, search }: Sweep): SweepFact[] {
  const problems: SweepFact[] = [];
  const trials = search.type === 'grid' ? null : search.trials;
  if (trials === null) {
    for (const axis of axes)
      if (axis.type === 'range') problems.push({ type: 'sweepRangeInGrid', at: axis.path });
  }
  const combinations = combinationsOf(axes);
  const asked = trials ?? combinations;
  if (Number.isFinite(asked) && asked > TRIALS_MAX) {
    problems.push({ type: 'sweepTooManyTrials', trials: asked, most: TRIALS_MAX });
  }
  if (asked > combinations)
    problems.push({ type: 'sweepTooFewValues', trials: asked, distinct: combinations });
  if (search.type === 'successiveHalving') {
    if (search.minEpochs > search.maxEpochs) {
      problems.push({ type: 'sweepEpochs', least: search.minEpochs, most: search.maxEpochs });
    }
    if (axes.some(({ path }) => path === 'epochs')) problems.push({ type: 'sweepVariesEpochs' });
  }
  return problems;
}

/** How many different trials there can be; infinite where a range has fractions. */
const combinationsOf = (axes: readonly SweepAxis[]): number =>
  axes.reduce((product, axis) => product * sizeOf(axis), 1);

function sizeOf(axis: SweepAxis): number {
  if (axis.type === 'values') return axis.values.length;
  return axis.whole ? axis.to - axis.from + 1 : Number.POSITIVE_INFINITY;
}

function objectiveProblems({ base, objective: { metric } }: Sweep): SweepFact[] {
  if (metric.endsWith('Accuracy') && base.model.loss === 'squared_error') {
    return [{ type: 'sweepMetricMissing', metric, why: 'noClasses' }];
  }
  const choice = choiceOf(base.data);
  if (metric.startsWith('validation') && (choice === null || choice.validation === 0)) {
    return [{ type: 'sweepMetricMissing', metric, why: 'noValidation' }];
  }
  return [];
}
