/** What early stopping watches, in Chinese. */
import type { EarlyStoppingSpec } from '../../spec/runSpec.ts';

export const METRICS: { readonly [M in EarlyStoppingSpec['metric']]: string } = {
  validationLoss: '验证损失',
  validationAccuracy: '验证准确率',
  trainLoss: '训练损失',
  trainErrors: '训练错误数',
};
