/** Runs the cases of a reference file on an engine and an optimizer, and says how far off each one is. */
import type { Engine } from '../engine/engine.ts';
import type { OptimizerSpec } from '../optim/specs.ts';
import type { ReferenceFile, ReferenceModel, ReferenceTrajectory } from './referenceFile.ts';
import { prepareModel } from './referenceModel.ts';

/** |error| may be this times max(largest |value| of the tensor, 1/100 of the case's largest gradient). */
export const SELF_TEST_TOLERANCE = 2e-5;

export type SelfTestCase = {
  readonly name: string;
  readonly kind: 'model' | 'optimizer';
  /** Largest |error| over max(largest |value| of that tensor, 1/100 of the case's largest gradient). */
  readonly worstRelativeError: number;
  /** Where it is. */
  readonly worstTensor: string;
  readonly tolerance: number;
  readonly passed: boolean;
};

/** Parameters after each step of an optimizer that is fed given gradients. */
export type RunOptimizer = (
  spec: OptimizerSpec,
  parameters: ArrayLike<number>,
  gradients: readonly ArrayLike<number>[],
) => readonly ArrayLike<number>[];

type Comparison = {
  readonly tensor: string;
  readonly got: ArrayLike<number>;
  readonly wanted: ArrayLike<number>;
};

/** Models first, then optimizers, in the order of the file. @throws ReferenceFileError for a case that does not fit. */
export async function runSelfTest(
  reference: ReferenceFile,
  engine: Engine,
  runOptimizer: RunOptimizer,
): Promise<SelfTestCase[]> {
  const cases: SelfTestCase[] = [];
  for (const model of reference.models) cases.push(await runModel(model, engine));
  for (const trajectory of reference.optimizers) cases.push(runTrajectory(trajectory, runOptimizer));
  return cases;
}

async function runModel(reference: ReferenceModel, engine: Engine): Promise<SelfTestCase> {
  const { model, count, parameters, labels, gradients } = prepareModel(reference);
  const inputGradient = reference.expect.inputGrad !== undefined;
  const executor = await engine.compile(model, { microbatch: count, inputGradient });
  executor.parameters.set(parameters);
  executor.parametersChanged();
  executor.inputs.set(reference.input.data);
  executor.targets.set(labels);
  const { loss } = executor.computeGradient(count, { seed: 0, epoch: 0 });

  // The file has means over the samples, an executor gives sums.
  const mean = (values: Float32Array): Float64Array => Float64Array.from(values, (value) => value / count);
  const slopes: Comparison[] = gradients.map(({ name, offset, values }) => ({
    tensor: name,
    got: mean(executor.gradient.subarray(offset, offset + values.length)),
    wanted: values,
  }));
  if (executor.inputGradient !== null && reference.expect.inputGrad !== undefined) {
    const got = mean(executor.inputGradient.subarray(0, count * model.inputLength));
    slopes.push({ tensor: 'input gradient', got, wanted: reference.expect.inputGrad.data });
  }
  const values: Comparison[] = [
    { tensor: 'loss', got: [loss / count], wanted: [reference.expect.loss] },
    {
      tensor: 'output',
      got: executor.outputs.slice(0, count * model.outputs),
      wanted: reference.expect.output.data,
    },
  ];
  const largestGradient = Math.max(0, ...slopes.map(({ wanted }) => largest(wanted)));
  return judge(reference.name, 'model', [...values, ...slopes], largestGradient);
}

function runTrajectory(reference: ReferenceTrajectory, runOptimizer: RunOptimizer): SelfTestCase {
  const after = runOptimizer(reference.optimizer, Float32Array.from(reference.params.data), reference.grads);
  const comparisons = reference.expect.map((wanted, step) => ({
    tensor: `parameters after step ${step + 1}`,
    got: after[step] ?? [],
    wanted,
  }));
  const largestGradient = Math.max(0, ...reference.grads.map(largest));
  return judge(reference.name, 'optimizer', comparisons, largestGradient);
}

function judge(
  name: string,
  kind: SelfTestCase['kind'],
  comparisons: readonly Comparison[],
  largestGradient: number,
): SelfTestCase {
  let worstRelativeError = 0;
  let worstTensor = comparisons[0]?.tensor ?? '';
  for (const { tensor, got, wanted } of comparisons) {
    const error = relativeError(got, wanted, largestGradient / 100);
    if (error > worstRelativeError) {
      worstRelativeError = error;
      worstTensor = tensor;
    }
  }
  const passed = worstRelativeError <= SELF_TEST_TOLERANCE;
  return { name, kind, worstRelativeError, worstTensor, tolerance: SELF_TEST_TOLERANCE, passed };
}

/** Infinite where something is not finite, is missing, or differs from a tensor of zeros without gradients. */
function relativeError(got: ArrayLike<number>, wanted: ArrayLike<number>, leastScale: number): number {
  if (got.length !== wanted.length) return Number.POSITIVE_INFINITY;
  let error = 0;
  for (let i = 0; i < wanted.length; i += 1) {
    const difference = Math.abs((got[i] as number) - (wanted[i] as number));
    if (!Number.isFinite(difference)) return Number.POSITIVE_INFINITY;
    error = Math.max(error, difference);
  }
  return error === 0 ? 0 : error / Math.max(largest(wanted), leastScale);
}

function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i += 1) most = Math.max(most, Math.abs(values[i] as number));
  return most;
}
