/**
 * The updates of a replica's round on a device: what `optim/stepUpdater.ts` does with vectors of this processor, by the same
 * formulas. Parameters and moments stay there; what the processor knows beforehand (rates, powers) goes along with each update.
 */

import type { Model } from '../../nn/model.ts';
import { allLayers } from '../../nn/walk.ts';
import { createOptimizer } from '../../optim/optimizer.ts';
import type { OptimizerScalars } from '../../optim/optimizerInterface.ts';
import { learningRateFactor } from '../../optim/schedule.ts';
import type { OptimizerSpec } from '../../optim/specs.ts';
import type { RunSpec } from '../../spec/runSpec.ts';
import { orLost } from './deviceLoss.ts';
import { type GpuBuffer, type GpuDevice, type GpuEncoder, USAGE } from './gpu.ts';
import { type Bound, type Pipeline, pipelineOf } from './pipelines.ts';
import type { Groups } from './plan.ts';
import { eachElement, eachGroup, float, groupEach, groupsFor, THREADS, TOTAL } from './wgsl.ts';

const STORAGE = USAGE.storage | USAGE.copyFrom | USAGE.copyTo;
/** Workgroups that sum squares side by side. */
const STRIPES = 64;
const SCALARS = 8;

const UNIFORM = `struct Batch { share: f32, rate: f32, shrink: f32, root: f32, spare: vec4f }
@group(0) @binding(0) var<uniform> batch: Batch;`;

/** s and t are the moments; each leaves the new parameter in p. */
function ruleOf(spec: OptimizerSpec): string {
  const decay = float(spec.type === 'adamw' ? 0 : spec.weightDecay);
  const g = `g += ${decay} * p;`;
  switch (spec.type) {
    case 'sgd':
      return `${g} p -= batch.rate * g;`;
    case 'momentum':
      return `${g} let v = ${float(spec.momentum)} * s[i] + g; s[i] = v; p -= batch.rate * v;`;
    case 'nesterov':
      return `${g} let v = ${float(spec.momentum)} * s[i] + g; s[i] = v; p -= batch.rate * (g + ${float(spec.momentum)} * v);`;
    case 'adagrad':
      return `${g} let q = s[i] + g * g; s[i] = q; p -= (batch.rate * g) / (sqrt(q) + ${float(spec.epsilon)});`;
    case 'rmsprop':
      return `${g} let q = ${float(spec.decay)} * s[i] + ${float(1 - spec.decay)} * (g * g); s[i] = q;
  p -= (batch.rate * g) / (sqrt(q) + ${float(spec.epsilon)});`;
    case 'adam':
    case 'adamw':
      return `${g} let m = ${float(spec.beta1)} * s[i] + ${float(1 - spec.beta1)} * g; s[i] = m;
  let q = ${float(spec.beta2)} * t[i] + ${float(1 - spec.beta2)} * (g * g); t[i] = q;
  p = batch.shrink * p - (batch.rate * m) / (sqrt(q) * batch.root + ${float(spec.epsilon)});`;
  }
}

type Step = {
  readonly pipeline: Pipeline;
  readonly buffers: readonly (GpuBuffer | 'gradient')[];
  readonly groups: Groups;
};

export type DeviceUpdaterOptions = {
  readonly device: GpuDevice;
  readonly model: Model;
  /** [vectorLength] that the network computes with. */
  readonly parameters: GpuBuffer;
  readonly spec: Pick<RunSpec, 'optimizer' | 'schedule' | 'clip' | 'regularization'>;
  readonly totalSteps: number;
  /** Elements from the first on that no step changes. */
  readonly frozen: number;
};

export class DeviceUpdater {
  /** One word, not 0 once a gradient was infinite or NaN. */
  readonly broken: GpuBuffer;
  readonly #options: DeviceUpdaterOptions;
  readonly #moments: readonly GpuBuffer[];
  readonly #uniform: GpuBuffer;
  readonly #values = new Float32Array(SCALARS);
  readonly #steps: readonly Step[];
  readonly #buffers: readonly GpuBuffer[];
  #scalars: OptimizerScalars = {};

  private constructor(
    options: DeviceUpdaterOptions,
    made: Pick<DeviceUpdater, 'broken'> & {
      moments: readonly GpuBuffer[];
      uniform: GpuBuffer;
      steps: readonly Step[];
      buffers: readonly GpuBuffer[];
    },
  ) {
    this.#options = options;
    this.broken = made.broken;
    this.#moments = made.moments;
    this.#uniform = made.uniform;
    this.#steps = made.steps;
    this.#buffers = made.buffers;
  }

  static async open(options: DeviceUpdaterOptions): Promise<DeviceUpdater> {
    const { device, model, parameters, spec, frozen } = options;
    const { vectorLength, trainableLength } = model;
    const { regularization, clip, optimizer } = spec;
    const buffers: GpuBuffer[] = [];
    const buffer = (words: number, content: Float32Array | null = null, usage = STORAGE): GpuBuffer => {
      const one = device.createBuffer({ size: Math.max(4, words) * 4, usage });
      if (content !== null) device.queue.writeBuffer(one, 0, content.buffer, 0, content.byteLength);
      buffers.push(one);
      return one;
    };
    const moments = createOptimizer(optimizer).moments.map(() => buffer(vectorLength));
    const uniform = buffer(SCALARS, null, USAGE.uniform | USAGE.copyTo);
    const broken = buffer(1);
    // Of weights 1, which alone are regularised; of running values their momentum.
    const kinds = new Float32Array(vectorLength);
    for (const { role, offset, length } of model.tensors)
      if (role === 'weight') kinds.fill(1, offset, offset + length);
    for (const layer of allLayers(model.layers)) {
      if (layer.type !== 'batch_norm') continue;
      for (const { offset, length } of [layer.runningMean, layer.runningVar])
        kinds.fill(layer.momentum, offset, offset + length);
    }
    const kind = buffer(vectorLength, kinds);
    const norms = buffer(STRIPES);
    const step = async (
      names: readonly (readonly [string, GpuBuffer | 'gradient', 'read' | 'read_write', string])[],
      text: string,
      groups: Groups,
    ): Promise<Step> => {
      const declared = names.map(
        ([name, , access, type], i) =>
          `@group(0) @binding(${i + 1}) var<storage, ${access}> ${name}: array<${type}>;`,
      );
      const types: Bound[] = [
        'uniform',
        ...names.map(([, , access]) => (access === 'read' ? 'read-only-storage' : 'storage') as Bound),
      ];
      const pipeline = await orLost(
        device,
        pipelineOf(device, [UNIFORM, ...declared, text].join('\n'), types),
      );
      return { pipeline, buffers: names.map(([, one]) => one), groups };
    };
    const { l1, l2 } = regularization;
    const clipped = clip.value === null ? '' : `g = clamp(g, ${float(-clip.value)}, ${float(clip.value)});`;
    const regularized =
      l1 === 0 && l2 === 0
        ? ''
        : `if (i < ${trainableLength}u) { g += kind[i] * (${float(l1)} * sign(w[i]) + ${float(2 * l2)} * w[i]); }`;
    const steps = [
      await step(
        [
          ['gradient', 'gradient', 'read_write', 'f32'],
          ['w', parameters, 'read', 'f32'],
          ['kind', kind, 'read', 'f32'],
          ['broken', broken, 'read_write', 'u32'],
        ],
        eachElement(
          `${vectorLength}u`,
          `${frozen === 0 ? '' : `if (i < ${frozen}u) { gradient[i] = 0.0f; return; }`}
  var g = gradient[i] * batch.share;
  ${regularized}
  if ((bitcast<u32>(g) & 0x7f800000u) == 0x7f800000u) { broken[0] = 1u; }
  if (i < ${trainableLength}u) { ${clipped} }
  gradient[i] = g;`,
        ),
        groupsFor(vectorLength),
      ),
    ];
    if (clip.norm !== null) {
      steps.push(
        await step(
          [
            ['gradient', 'gradient', 'read', 'f32'],
            ['norms', norms, 'read_write', 'f32'],
          ],
          `${TOTAL}${eachGroup(
            `${STRIPES}u`,
            `var sum = 0.0f;
  for (var i = g * ${THREADS}u + lane; i < ${trainableLength}u; i += ${STRIPES * THREADS}u) { sum += gradient[i] * gradient[i]; }
  let all = total(lane, sum);
  if (lane == 0u) { norms[g] = all; }`,
          )}`,
          groupEach(STRIPES),
        ),
      );
    }
    const bound =
      clip.norm === null
        ? ''
        : `var squares = 0.0f; for (var n = 0u; n < ${STRIPES}u; n += 1u) { squares += norms[n]; }
  let size = sqrt(squares); if (size > ${float(clip.norm)}) { g *= ${float(clip.norm)} / size; }`;
    steps.push(
      await step(
        [
          ['gradient', 'gradient', 'read', 'f32'],
          ['w', parameters, 'read_write', 'f32'],
          ['kind', kind, 'read', 'f32'],
          ['norms', norms, 'read', 'f32'],
          ...moments.map((one, at) => [at === 0 ? 's' : 't', one, 'read_write', 'f32'] as const),
        ],
        eachElement(
          `${vectorLength}u`,
          `${frozen === 0 ? '' : `if (i < ${frozen}u) { return; }`}
  var p = w[i]; var g = gradient[i];
  if (i >= ${trainableLength}u) { w[i] = p + kind[i] * (g - p); return; }
  ${bound}
  ${ruleOf(optimizer)}
  w[i] = p;`,
        ),
        groupsFor(vectorLength),
      ),
    );
    return new DeviceUpdater(options, { broken, moments, uniform, steps, buffers });
  }

  /** With moments as they are at the beginning; `anew` also forgets what has been infinite. */
  begin(anew: boolean): void {
    const { device, spec } = this.#options;
    const encoder = device.createCommandEncoder();
    for (const one of anew ? [...this.#moments, this.broken] : this.#moments) encoder.clearBuffer(one);
    device.queue.submit([encoder.finish()]);
    this.#scalars = createOptimizer(spec.optimizer).init();
  }

  /** Takes one step with `sum`, a sum of gradients over `count` samples, which is overwritten. */
  apply(sum: GpuBuffer, count: number, step: number, epoch: number): void {
    const { device, spec, totalSteps } = this.#options;
    const { optimizer, schedule } = spec;
    const rate = optimizer.lr * learningRateFactor(schedule, step, epoch, totalSteps);
    const values = this.#values;
    values.set([1 / count, rate, 1, 1]);
    if (optimizer.type === 'adam' || optimizer.type === 'adamw') {
      const beta1Power = (this.#scalars.beta1Power as number) * optimizer.beta1;
      const beta2Power = (this.#scalars.beta2Power as number) * optimizer.beta2;
      this.#scalars = { beta1Power, beta2Power };
      const shrink = optimizer.type === 'adamw' ? 1 - rate * optimizer.weightDecay : 1;
      values.set([1 / count, rate / (1 - beta1Power), shrink, 1 / Math.sqrt(1 - beta2Power)]);
    }
    device.queue.writeBuffer(this.#uniform, 0, values.buffer, 0, values.byteLength);
    const encoder = device.createCommandEncoder();
    this.#encode(encoder, sum);
    device.queue.submit([encoder.finish()]);
  }

  #encode(encoder: GpuEncoder, sum: GpuBuffer): void {
    const { device } = this.#options;
    const pass = encoder.beginComputePass();
    for (const { pipeline, buffers, groups } of this.#steps) {
      const bound = [this.#uniform, ...buffers.map((one) => (one === 'gradient' ? sum : one))];
      const entries = bound.map((buffer, binding) => ({ binding, resource: { buffer } }));
      pass.setPipeline(pipeline.pipeline);
      pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.layout, entries }));
      pass.dispatchWorkgroups(...groups);
    }
    pass.end();
  }

  destroy(): void {
    for (const buffer of this.#buffers) buffer.destroy();
  }
}
