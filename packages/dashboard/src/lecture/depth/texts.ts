/** What the scenes of deep networks say. */
import { textsIn } from '../../shared/language.ts';

const en = {
  titles: {
    vanishing: 'The vanishing gradient',
    rectifiers: 'ReLU and its kin',
    pretraining: '2006: layer by layer',
    residual: '2015: residual networks',
  },
  layer: (n: number, all: number) => (n === 1 ? 'first layer' : n === all ? 'output layer' : `layer ${n}`),
  names: { sigmoid: 'sigmoid', relu: 'ReLU', leaky_relu: 'leaky ReLU', prelu: 'PReLU' },
  normsLabel: (name: string, first: string, last: string) =>
    `The length of the gradient by layer, ${name}: ${first} in the first layer, ${last} in the last.`,
  part: (name: string, part: string) => `${name}: the first layer gets ${part} of what the last one gets`,
  times: (name: string, times: string) =>
    `${name}: the first layer gets ${times} times what the last one gets`,
  epoch: (n: number) => `after epoch ${n}`,
  accuracies: 'Validation accuracy',
  logScale: 'each mark is ten times the one before',
  alphas: 'slope α',
  alphaOf: (n: number) => `layer ${n}`,
  steps: 'step',
  alphasLabel: (values: string) => `The learned slopes of the layers, which all began at 0.25: ${values}`,
  moved: (from: string, to: string) => `They began at 0.25 and now lie between ${from} and ${to}.`,
  accuracyAxis: 'validation accuracy',
  epochs: 'epoch',
  reached: (name: string, percent: string) => `${name}: ${percent}`,
  plain: 'all at once',
  pretrained: 'layer by layer',
  stage: (n: number, all: number) => `hidden layer ${n} of ${all}`,
  raceLabel: (values: string) => `The validation accuracy by epochs: ${values}`,
  residualNames: { plain: '31 layers, plain', residual: '31 layers, residual' },
  history:
    'Bengio and others showed in 2006 that layers may be trained one after another, with or without labels; here with labels, each stage from the weights of the one before.',
  residualNote: 'Same width, same depth, same rate. What differs is the sum at each block.',
};

const zh: typeof en = {
  titles: {
    vanishing: '梯度消失',
    rectifiers: 'ReLU 及其变种',
    pretraining: '2006 年：逐层训练',
    residual: '2015 年：残差网络',
  },
  layer: (n, all) => (n === 1 ? '第一层' : n === all ? '输出层' : `第 ${n} 层`),
  names: {
    sigmoid: 'S 形 sigmoid',
    relu: '修正线性 ReLU',
    leaky_relu: '带泄漏的 ReLU',
    prelu: '参数化 ReLU',
  },
  normsLabel: (name, first, last) => `各层梯度的长度，${name}：第一层 ${first}，最后一层 ${last}。`,
  part: (name, part) => `${name}：第一层得到最后一层的 ${part}`,
  times: (name, times) => `${name}：第一层得到最后一层的 ${times} 倍`,
  epoch: (n) => `第 ${n} 轮之后`,
  accuracies: '验证准确率',
  logScale: '每一格是前一格的十倍',
  alphas: '斜率 α',
  alphaOf: (n) => `第 ${n} 层`,
  steps: '步',
  alphasLabel: (values) => `各层学到的斜率，起初都是 0.25：${values}`,
  moved: (from, to) => `起初都是 0.25，现在在 ${from} 与 ${to} 之间。`,
  accuracyAxis: '验证准确率',
  epochs: '轮',
  reached: (name, percent) => `${name}：${percent}`,
  plain: '一次训练',
  pretrained: '逐层训练',
  stage: (n, all) => `第 ${n} / ${all} 个隐藏层`,
  raceLabel: (values) => `各轮的验证准确率：${values}`,
  residualNames: { plain: '31 层，普通', residual: '31 层，残差' },
  history:
    'Bengio 等人在 2006 年表明，可以一层接一层地训练，有无标签都行；这里用标签，每个阶段从前一阶段的权重开始。',
  residualNote: '宽度、深度、学习率都相同，不同的只是每个模块里的相加。',
};

export const depthTexts = (): typeof en => textsIn({ en, zh });
