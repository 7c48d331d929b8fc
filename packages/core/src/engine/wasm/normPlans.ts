/** Batch norm over the microbatch, and layer norm over the features of each sample. */
import type { BatchNormLayer, LayerNormLayer } from '../../nn/model.ts';
import type { Buffer } from './plan.ts';
import { lengthOf, type PlanContext, type Planned, tensorAt } from './planned.ts';

export function planBatchNorm(context: PlanContext, layer: BatchNormLayer, x: Buffer): Planned {
  const { plan } = context;
  const channels = layer.features;
  const length = lengthOf(layer.inputShape);
  const area = length / channels;
  const y = plan.values(length);
  const stats = plan.scratch(channels * 16);
  const tensors = () => ({
    scale: tensorAt(context, layer.scale),
    shift: tensorAt(context, layer.shift),
    mean: tensorAt(context, layer.runningMean),
    variance: tensorAt(context, layer.runningVar),
  });
  plan.callBy([x, y, stats], {
    train: (k) => {
      const { scale, shift, mean, variance } = tensors();
      const [a, b, s] = [x.address, y.address, stats.address];
      return ({ groups, count }) =>
        k.batchNorm(
          a,
          b,
          scale.value,
          shift.value,
          mean.value,
          variance.value,
          mean.gradient,
          variance.gradient,
          s,
          channels,
          area,
          groups,
          count,
          layer.epsilon,
        );
    },
    infer: (k) => {
      const { scale, shift, mean, variance } = tensors();
      const [a, b] = [x.address, y.address];
      return ({ groups }) =>
        k.batchNormInfer(
          a,
          b,
          scale.value,
          shift.value,
          mean.value,
          variance.value,
          channels,
          area,
          groups,
          layer.epsilon,
        );
    },
  });
  return {
    output: y,
    backward: (dy, wanted) => {
      const dx = wanted ? plan.values(length) : null;
      plan.train(dx === null ? [x, dy, stats] : [x, dy, stats, dx], (k) => {
        const { scale, shift } = tensors();
        const [a, b, c, s] = [x.address, dy.address, dx?.address ?? 0, stats.address];
        return ({ groups, count }) =>
          k.batchNormBackward(
            a,
            b,
            c,
            scale.value,
            scale.gradient,
            shift.gradient,
            s,
            channels,
            area,
            groups,
            count,
          );
      });
      return dx;
    },
  };
}

export function planLayerNorm(context: PlanContext, layer: LayerNormLayer, x: Buffer): Planned {
  const { plan } = context;
  const { features, epsilon } = layer;
  const y = plan.values(features);
  const stats = plan.values(2);
  plan.call([x, y, stats], (k) => {
    const [a, b, s] = [x.address, y.address, stats.address];
    const scale = tensorAt(context, layer.scale).value;
    const shift = tensorAt(context, layer.shift).value;
    return ({ groups }) => k.layerNorm(a, b, scale, shift, s, features, groups, epsilon);
  });
  return {
    output: y,
    backward: (dy, wanted) => {
      const dx = wanted ? plan.values(features) : null;
      plan.train(dx === null ? [x, dy, stats] : [x, dy, stats, dx], (k) => {
        const [a, b, c, s] = [x.address, dy.address, dx?.address ?? 0, stats.address];
        const scale = tensorAt(context, layer.scale);
        const shift = tensorAt(context, layer.shift);
        return ({ groups }) =>
          k.layerNormBackward(a, b, c, scale.value, scale.gradient, shift.gradient, s, features, groups);
      });
      return dx;
    },
  };
}
