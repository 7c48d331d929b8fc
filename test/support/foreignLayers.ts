/** The calls of dense layers, dropout, norms and activations, from docs/protocol.md alone. */
import { type ForeignLayer, lengthOf } from './foreignModel.ts';
import {
  type Call,
  type Done,
  forward,
  type KernelName,
  type Plan,
  packedBytes,
  panelsBytes,
  rectifierBack,
  tensorAt,
  valuesFor,
} from './foreignPlan.ts';

export function dense(plan: Plan, layer: ForeignLayer, x: number, relu: boolean, wanted: boolean): Done {
  const { buffers, calls } = plan;
  const [inputs, units] = [lengthOf(layer.from), lengthOf(layer.to)];
  const [w, dw] = tensorAt(plan, layer, 'weight');
  const [b, db] = tensorAt(plan, layer, 'bias');
  const packed = buffers.take(packedBytes(units, inputs));
  const room = buffers.take(panelsBytes(units, inputs, buffers.groupsMax));
  const y = valuesFor(plan, units);
  calls.prepare.push((k) => k.packA(w, b, packed, units, 1, inputs, inputs, 0, 1));
  forward(plan, (k, { groups }) =>
    k.gemm(packed, x, y, units, inputs, groups, 32 * inputs, 32 * units, relu ? 1 : 0),
  );
  const back = (given: number): number => {
    const dy = relu ? rectifierBack(plan, y, given, units) : given;
    calls.train.push((k, { groups }) =>
      k.denseWeightGradient(dy, x, room, 0, dw, units, inputs, groups, 32 * units, 32 * inputs, 0),
    );
    if (db !== 0) calls.train.push((k, { groups }) => k.biasGradient(dy, db, units, 1, groups));
    if (!wanted) return 0;
    const turned = buffers.take(packedBytes(inputs, units));
    const dx = valuesFor(plan, inputs);
    calls.prepare.push((k) => k.packA(w, 0, turned, inputs, 1, units, 1, 0, inputs));
    calls.train.push((k, { groups }) =>
      k.gemm(turned, dy, dx, inputs, units, groups, 32 * units, 32 * inputs, 0),
    );
    return dx;
  };
  return { y, back };
}

export function dropout(plan: Plan, layer: ForeignLayer, x: number, wanted: boolean): Done {
  const features = lengthOf(layer.from);
  const rate = layer.json.rate ?? 0;
  const threshold = Math.floor(rate * 2 ** 32);
  const scale = Math.fround(1 / (1 - rate));
  const mask =
    (from: number, to: number): Call =>
    (k, { n, groups, seed, epoch }) => {
      const { numbers } = plan.buffers;
      k.dropout(from, to, features, groups, n, numbers, seed, layer.number, epoch, threshold, scale);
    };
  const y = valuesFor(plan, features);
  plan.calls.train.push(mask(x, y));
  plan.calls.infer.push((k, { groups }) => k.copy(x, y, 32 * features * groups));
  const back = (dy: number): number => {
    if (!wanted) return 0;
    const dx = valuesFor(plan, features);
    plan.calls.train.push(mask(dy, dx));
    return dx;
  };
  return { y, back };
}

export function batchNorm(plan: Plan, layer: ForeignLayer, x: number, wanted: boolean): Done {
  const [channels = 0] = layer.from;
  const area = lengthOf(layer.from) / channels;
  const epsilon = layer.json.epsilon ?? 1e-5;
  const [scale, dScale] = tensorAt(plan, layer, 'scale');
  const [shift, dShift] = tensorAt(plan, layer, 'shift');
  const [mean, dMean] = tensorAt(plan, layer, 'running_mean');
  const [variance, dVariance] = tensorAt(plan, layer, 'running_var');
  const stats = plan.buffers.take(16 * channels);
  const y = valuesFor(plan, channels * area);
  const values = [scale, shift, mean, variance];
  plan.calls.train.push((k, { n, groups }) =>
    k.batchNorm(x, y, ...values, dMean, dVariance, stats, channels, area, groups, n, epsilon),
  );
  plan.calls.infer.push((k, { groups }) =>
    k.batchNormInfer(x, y, ...values, channels, area, groups, epsilon),
  );
  const back = (dy: number): number => {
    const dx = wanted ? valuesFor(plan, channels * area) : 0;
    plan.calls.train.push((k, { n, groups }) =>
      k.batchNormBackward(x, dy, dx, scale, dScale, dShift, stats, channels, area, groups, n),
    );
    return dx;
  };
  return { y, back };
}

export function layerNorm(plan: Plan, layer: ForeignLayer, x: number, wanted: boolean): Done {
  const features = lengthOf(layer.from);
  const epsilon = layer.json.epsilon ?? 1e-5;
  const [scale, dScale] = tensorAt(plan, layer, 'scale');
  const [shift, dShift] = tensorAt(plan, layer, 'shift');
  const stats = valuesFor(plan, 2);
  const y = valuesFor(plan, features);
  forward(plan, (k, { groups }) => k.layerNorm(x, y, scale, shift, stats, features, groups, epsilon));
  const back = (dy: number): number => {
    const dx = wanted ? valuesFor(plan, features) : 0;
    plan.calls.train.push((k, { groups }) =>
      k.layerNormBackward(x, dy, dx, scale, dScale, dShift, stats, features, groups),
    );
    return dx;
  };
  return { y, back };
}

export function activation(plan: Plan, layer: ForeignLayer, x: number, wanted: boolean): Done {
  const { type, slope } = layer.json;
  const features = lengthOf(layer.from);
  const [value, gradient] = tensorAt(plan, layer, 'slope');
  const y = valuesFor(plan, features);
  forward(plan, (k, { groups }) => {
    const bytes = 32 * features * groups;
    if (type === 'softmax') k.softmax(x, y, features, groups);
    else if (type === 'leaky_relu') k.leakyRelu(x, y, bytes, slope ?? 0.01);
    else if (type === 'prelu') k.prelu(x, y, bytes, value);
    else k[type as KernelName](x, y, bytes);
  });
  const back = (dy: number): number => {
    if (!wanted && type !== 'prelu') return 0;
    const dx = valuesFor(plan, features);
    plan.calls.train.push((k, { groups }) => {
      const bytes = 32 * features * groups;
      if (type === 'softmax') k.softmaxBackward(y, dy, dx, features, groups);
      else if (type === 'step') k.clear(dx, bytes);
      else if (type === 'leaky_relu') k.leakyReluBackward(x, dy, dx, bytes, slope ?? 0.01);
      else if (type === 'prelu') k.preluBackward(x, dy, dx, bytes, value, gradient);
      else k[`${type}Backward` as KernelName](type === 'gelu' ? x : y, dy, dx, bytes);
    });
    return wanted ? dx : 0;
  };
  return { y, back };
}
