/** What the scenes of data and losses say. */
import { textsIn } from '../../shared/language.ts';

const en = {
  titles: {
    'training-data': 'Training data',
    'total-loss': 'The total loss',
    'cross-entropy': 'Cross-entropy or square error',
  },
  which: 'Digit',
  all: 'all',
  wallLabel: (count: number) => `${count} training pictures, each with its label.`,
  labelOf: (digit: number) => `label ${digit}`,
  samplesOf: (count: number) => `${count} of 20,000 samples`,
  sum: (loss: string, count: number) => `L = ${loss} over ${count} samples`,
  each: (loss: string) => `mean ${loss}`,
  wrongOnes: (count: number) => `${count} read wrongly (orange)`,
  partsLabel: (loss: string) => `The losses of single samples as columns; together ${loss}.`,
  crossEntropy: 'cross-entropy',
  squareError: 'square error',
  slopeAtStart: (value: string) => `slope at the start ${value}`,
  startX: 'Start, w₁',
  startY: 'Start, w₂',
  ratio: (times: string) => `There the cross-entropy is ${times} times as steep.`,
  mapLabel: (name: string, loss: string) =>
    `${name} over two weights, with the way that descent takes; it ends at ${loss}.`,
  ends: (loss: string) => `after 60 steps ${loss}`,
};

const zh: typeof en = {
  titles: {
    'training-data': '训练数据',
    'total-loss': '总损失',
    'cross-entropy': '交叉熵与平方误差',
  },
  which: '数字',
  all: '全部',
  wallLabel: (count) => `${count} 张训练图片，每张都有标签。`,
  labelOf: (digit) => `标签 ${digit}`,
  samplesOf: (count) => `20,000 个样本中的 ${count} 个`,
  sum: (loss, count) => `${count} 个样本，总损失 L = ${loss}`,
  each: (loss) => `平均 ${loss}`,
  wrongOnes: (count) => `读错 ${count} 个（橙色）`,
  partsLabel: (loss) => `各样本的损失画成柱；合计 ${loss}。`,
  crossEntropy: '交叉熵',
  squareError: '平方误差',
  slopeAtStart: (value) => `起点处的坡度 ${value}`,
  startX: '起点 w₁',
  startY: '起点 w₂',
  ratio: (times) => `在那里，交叉熵的坡度是平方误差的 ${times} 倍。`,
  mapLabel: (name, loss) => `两个权重上的${name}，以及下降走过的路；终点处 ${loss}。`,
  ends: (loss) => `60 步后 ${loss}`,
};

export const lossTexts = (): typeof en => textsIn({ en, zh });
