/** The words of this part of the page. */
import { counted } from '@shoal/core';
import type { Texts } from '../shared/language.ts';
import type { WrongSample } from './lab/confusion.ts';

function percent(part: number): string {
  if (part > 0.999) return '> 99.9 %';
  return `${(100 * part).toFixed(part > 0.99 || part < 0.1 ? 1 : 0)} %`;
}

export type ModelTexts = typeof en;

const en = {
  title: 'Inside the model',
  noRun: 'There is no run yet. Start one, and what it learns is shown here while it learns.',
  waiting: 'The parameters are on their way.',
  problems: {
    noRun: 'There is no run to look into.',
    noParameters: 'The parameters of this run have not come yet.',
    noSamples: 'The samples of this run have not come yet.',
    otherSamples:
      'The samples of this past run are not at hand: the coordinator hands out those of the run that goes on or was the last, whose data are others.',
    otherParameters: (came: number, needed: number) =>
      `${came} parameters came, but the run’s model has ${needed}. Load the page again.`,
    noWorker: (text: string) => `The model cannot be looked into in this browser: ${text}`,
  },
  ofPastRun: (name: string) => `This is the model that ${name} has delivered.`,
  backToRun: 'Back to the run of now',
  parametersOf: (step: number) => `Parameters after step ${step.toLocaleString('en')}`,
  samplesKept:
    'Whoever runs this does not show samples of the data set to those who only watch, so this stays empty here. All that needs the parameters alone is shown.',
  ofOther: 'This run’s samples are not single grey pictures, so there is nothing to draw for it here.',

  drawTitle: 'Draw a digit',
  drawAbout:
    'Your drawing is cut out, scaled to 20 × 20 and centred by its mass, as every digit of MNIST was, and read in this browser with the parameters of this moment.',
  padLabel:
    'Field to draw a digit on with a mouse, a pen or a finger. A digit of the test set can be chosen instead.',
  clear: 'Clear',
  seenLabel: 'What the network sees',
  nothingDrawn: 'Draw a digit on the left, or take one that nobody has trained on.',
  sure: (part: number) => `${percent(part)} sure`,
  isRight: 'which is right',
  isWrong: (label: number) => `but it is a ${label}`,
  anyTestDigit: 'Any test digit',
  testNumber: 'Test digit no.',
  probabilities: 'Probability of each digit, in %',
  scores: 'Score of each digit, in %',
  noProbabilities: 'Nothing has been read yet.',
  probabilitiesLabel: (parts: readonly number[]) =>
    parts.map((part, k) => `${k}: ${percent(part)}`).join(', '),

  layersTitle: 'Layer by layer',
  noLayers: 'What each layer makes of a digit shows here as soon as there is one.',
  layerName: (type: string): string => LAYER_NAMES_EN[type] ?? type,
  lit: (lit: number, all: number) => `${lit} of ${all} above zero`,
  out: (out: number, all: number) => `${out} of ${all} are out`,
  signLegend: 'Blue is above zero, orange below; each picture by its own strongest value.',
  asInTraining: 'As in training: show who is out',
  maskOf: (sample: number, epoch: number) => `Mask of training sample ${sample} in epoch ${epoch}`,
  nextMask: 'Next sample’s mask',

  confusionTitle: 'What is taken for what',
  confusionAbout:
    'The whole test set, read on this device. The diagonal is right; everything else is a mistake.',
  countNow: 'Read the test set now',
  afterEachEpoch: 'after each epoch',
  counting: 'Reading the test set',
  notCounted: 'The test set is read after the next epoch, or when you ask for it.',
  countedAt: (samples: number, correct: number, step: number) =>
    `${correct.toLocaleString('en')} of ${samples.toLocaleString('en')} right (${((100 * correct) / Math.max(1, samples)).toFixed(2)} %), with the parameters after step ${step.toLocaleString('en')}.`,
  confusionAxes: 'Rows: what it is. Columns: what the network says.',
  confusionCell: (row: string, column: string, count: number) =>
    row === column
      ? `${row} read rightly ${counted(count, 'time')}`
      : `${row} taken for ${column} ${counted(count, 'time')}`,
  noneWrong: 'Not one of them is read wrongly.',
  worstTitle: 'The most wrong',
  insteadOf: (label: string) => `not ${label}`,
  wrongLabel: (
    { index, label, said, ofSaid, ofRight, loss }: WrongSample,
    nameOf: (label: number) => string = String,
  ) =>
    `Test sample ${index} is ${nameOf(label)}, read as ${nameOf(said)}: ${percent(ofSaid)} sure of ${nameOf(said)}, ${percent(ofRight)} of ${nameOf(label)}, loss ${loss.toFixed(2)}. Put it before the network.`,

  weightsTitle: 'What the first layer looks for',
  neuronsAbout: 'One picture for each neuron: blue pixels speak for it, orange ones against it.',
  filtersAbout: 'One picture for each filter: the small pattern that it looks for everywhere.',
  asWeights: 'Weights',
  asChange: 'What training has changed',
  weightsLabel: (count: number, height: number, width: number) =>
    `Weights of ${count === 1 ? 'one neuron or filter as a picture' : `${count} neurons or filters as pictures`} of ${height} × ${width}`,
  previous: 'Previous',
  next: 'Next',
  shownOf: (from: number, to: number, count: number) => `${from}–${to} of ${count}`,

  boundaryTitle: 'The decision boundary',
  boundaryAbout:
    'What it would say to every pair of inputs, not only to the rows of the table. The thick line is where it changes its mind.',
  bandAbout:
    'What it would say to every input, not only to the rows of the table. The thick line is where it changes its mind.',
  boundaryLabel: (right: number, count: number) =>
    `The inputs with the decision boundary: ${right} of ${count} points lie on the right side.`,
  rowsRight: (right: number, count: number) => `${right} of ${count} right`,
  boundaryLegend: 'Blue ground says 1, orange says 0. A disc should be 1, a ring 0.',
  hiddenLegend: 'Dashed: the straight line of each hidden neuron.',
  wanted: 'wanted',
  said: 'says',

  slopeTitle: 'Check a gradient',
  slopeAbout:
    'If backpropagation is right, its ∂l/∂w must equal how much the loss l really changes when only this one weight w is moved a little both ways: Δl/Δw.',
  anyWeight: 'Take a weight that matters',
  tensor: 'Tensor',
  element: 'Element',
  sampleCount: 'Samples',
  notChecked: 'Choose any weight, or let one be taken.',
  weight: 'w',
  byBackpropagation: 'backpropagation',
  byDifference: 'tried out',
  difference: 'Difference',
  byKernels: '∂l/∂w · as the workers compute it (float32)',
  slopesAgree: (relative: number) =>
    relative === 0
      ? 'Both say exactly the same.'
      : `They agree to ${counted(Math.max(1, Math.floor(-Math.log10(relative))), 'digit')}.`,
  slopesDiffer:
    'They differ: the loss has a bend here (a rectifier or a maximum that switches within the step), where it has no single slope.',
  curveLabel: 'The loss along this weight, and the tangent that backpropagation claims for it',
  curveLegend: (samples: number) =>
    `Solid: the loss over ${counted(samples, 'training sample')} as this weight alone moves. Dashed: the tangent with slope ∂l/∂w.`,

  surfaceTitle: 'A slice through the loss surface',
  surfaceAbout:
    'From where the run stands, in two random directions that change each neuron in proportion to its size (Li et al. 2018). Training walks downhill in such a landscape, in all its dimensions at once.',
  drawSurface: 'Draw the surface',
  otherDirections: 'Other directions',
  noSurface:
    'Computed on this device when you ask for it: a few seconds for a small network, a minute for a large one.',
  relief: 'Relief',
  map: 'Map',
  turn: 'Turn',
  surfaceLabel: (low: number, high: number) =>
    `Loss around the current parameters, from ${low.toPrecision(2)} to ${high.toPrecision(2)}; the current parameters are in the middle.`,
  surfaceLegend: (samples: number, step: number) =>
    `Mean loss over ${counted(samples, 'training sample')}, logarithmic scale; the marker is where the run stood after step ${step.toLocaleString('en')}.`,
  cancel: 'Cancel',
};

const LAYER_NAMES_EN: Readonly<Record<string, string>> = {
  dense: 'Dense',
  conv2d: 'Convolution',
  max_pool2d: 'Max pooling',
  avg_pool2d: 'Average pooling',
  global_avg_pool2d: 'Global average',
  dropout: 'Dropout',
  batch_norm: 'Batch norm',
  layer_norm: 'Layer norm',
  residual: 'Residual block',
  step: 'Step',
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
  relu: 'ReLU',
  leaky_relu: 'Leaky ReLU',
  prelu: 'PReLU',
  gelu: 'GELU',
  softmax: 'Softmax',
};

const LAYER_NAMES_ZH: Readonly<Record<string, string>> = {
  dense: '全连接',
  conv2d: '卷积',
  max_pool2d: '最大池化',
  avg_pool2d: '平均池化',
  global_avg_pool2d: '全局平均',
  dropout: 'Dropout',
  batch_norm: '批归一化',
  layer_norm: '层归一化',
  residual: '残差块',
  step: '阶跃',
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
  relu: 'ReLU',
  leaky_relu: 'Leaky ReLU',
  prelu: 'PReLU',
  gelu: 'GELU',
  softmax: 'Softmax',
};

const zh: ModelTexts = {
  title: '模型内部',
  noRun: '还没有训练任务。开始训练后，这里会实时显示它学到了什么。',
  waiting: '正在获取参数。',
  problems: {
    noRun: '没有可以查看的训练。',
    noParameters: '这次训练的参数还没有到达。',
    noSamples: '这次训练的样本还没有到达。',
    otherSamples: '这次历史训练的样本不在手边：协调器只提供当前（或最近一次）训练的样本，而两者的数据不同。',
    otherParameters: (came, needed) =>
      `收到 ${came} 个参数，但这次训练的模型有 ${needed} 个。请重新加载页面。`,
    noWorker: (text) => `无法在此浏览器中查看模型：${text}`,
  },
  ofPastRun: (name) => `这是训练 ${name} 交付的模型。`,
  backToRun: '回到当前训练',
  parametersOf: (step) => `第 ${step.toLocaleString('zh')} 步之后的参数`,
  samplesKept: '运行者不向只观看的人展示数据集的样本，所以这里是空的。只需要参数的内容照常显示。',
  ofOther: '这个任务的样本不是单张灰度图片，所以这里没有可画的内容。',

  drawTitle: '手写一个数字',
  drawAbout:
    '你写的数字会像 MNIST 的每个数字一样被裁剪、缩放到 20 × 20 并按质心居中，再由此刻的参数在这个浏览器里识别。',
  padLabel: '用鼠标、笔或手指书写数字的区域；也可以改为选择一个测试集里的数字。',
  clear: '清除',
  seenLabel: '网络看到的图像',
  nothingDrawn: '在左边写一个数字，或选一个从未用于训练的数字。',
  sure: (part) => `把握 ${percent(part)}`,
  isRight: '答对了',
  isWrong: (label) => `其实是 ${label}`,
  anyTestDigit: '随机测试数字',
  testNumber: '测试数字编号',
  probabilities: '每个数字的概率（%）',
  scores: '每个数字的得分（%）',
  noProbabilities: '还没有识别任何数字。',
  probabilitiesLabel: (parts) => parts.map((part, k) => `${k}：${percent(part)}`).join('，'),

  layersTitle: '逐层观察',
  noLayers: '有了数字之后，这里会显示每一层如何处理它。',
  layerName: (type) => LAYER_NAMES_ZH[type] ?? type,
  lit: (lit, all) => `${all} 个中有 ${lit} 个大于零`,
  out: (out, all) => `${all} 个中有 ${out} 个被关闭`,
  signLegend: '蓝色大于零，橙色小于零；每张图按自身最强的值着色。',
  asInTraining: '按训练时显示：哪些神经元被关闭',
  maskOf: (sample, epoch) => `训练样本 ${sample} 在第 ${epoch} 轮的掩码`,
  nextMask: '下一个样本的掩码',

  confusionTitle: '谁被认成了谁',
  confusionAbout: '在这台设备上识别整个测试集。对角线是正确的，其余都是错误。',
  countNow: '现在识别测试集',
  afterEachEpoch: '每轮之后自动更新',
  counting: '正在识别测试集',
  notCounted: '测试集会在下一轮之后识别，也可以现在就开始。',
  countedAt: (samples, correct, step) =>
    `${samples.toLocaleString('zh')} 个中答对 ${correct.toLocaleString('zh')} 个（${((100 * correct) / Math.max(1, samples)).toFixed(2)} %），使用第 ${step.toLocaleString('zh')} 步之后的参数。`,
  confusionAxes: '行：实际类别；列：网络的回答。',
  confusionCell: (row, column, count) =>
    row === column ? `${row} 被正确识别 ${count} 次` : `${row} 被认成 ${column} 共 ${count} 次`,
  noneWrong: '没有一个认错。',
  worstTitle: '错得最离谱的',
  insteadOf: (label) => `应为 ${label}`,
  wrongLabel: ({ index, label, said, ofSaid, ofRight, loss }, nameOf = String) =>
    `测试样本 ${index} 是 ${nameOf(label)}，被认成 ${nameOf(said)}：对 ${nameOf(said)} 的把握 ${percent(ofSaid)}，对 ${nameOf(label)} 的把握 ${percent(ofRight)}，损失 ${loss.toFixed(2)}。点击可让网络再看一次。`,

  weightsTitle: '第一层在寻找什么',
  neuronsAbout: '每个神经元一张图：蓝色像素支持它，橙色像素反对它。',
  filtersAbout: '每个卷积核一张图：它在图像各处寻找的小图案。',
  asWeights: '权重',
  asChange: '训练带来的变化',
  weightsLabel: (count, height, width) =>
    `${count} 个神经元或卷积核的权重，每个为 ${height} × ${width} 的图像`,
  previous: '上一页',
  next: '下一页',
  shownOf: (from, to, count) => `第 ${from}–${to} 个，共 ${count} 个`,

  boundaryTitle: '决策边界',
  boundaryAbout: '对任意一对输入它会怎么回答，而不只是真值表的那几行。粗线是它改变主意的地方。',
  bandAbout: '对任意一个输入它会怎么回答，而不只是真值表的那几行。粗线是它改变主意的地方。',
  boundaryLabel: (right, count) => `输入空间与决策边界：${count} 个点中有 ${right} 个在正确的一侧。`,
  rowsRight: (right, count) => `${count} 个中答对 ${right} 个`,
  boundaryLegend: '蓝色区域回答 1，橙色区域回答 0。实心圆应为 1，圆环应为 0。',
  hiddenLegend: '虚线：每个隐藏神经元的直线。',
  wanted: '目标',
  said: '回答',

  slopeTitle: '检验梯度',
  slopeAbout:
    '如果反向传播是对的，它给出的 ∂l/∂w 就必须等于只把这一个权重 w 向两边稍微移动时损失 l 的真实变化率 Δl/Δw。',
  anyWeight: '随机取一个有影响的权重',
  tensor: '张量',
  element: '元素',
  sampleCount: '样本数',
  notChecked: '选择任意一个权重，或随机取一个。',
  weight: 'w',
  byBackpropagation: '反向传播',
  byDifference: '实际试一试',
  difference: '差',
  byKernels: '∂l/∂w · 计算节点的结果（float32）',
  slopesAgree: (relative) =>
    relative === 0
      ? '两者完全一致。'
      : `两者有 ${Math.max(1, Math.floor(-Math.log10(relative)))} 位数字一致。`,
  slopesDiffer: '两者不同：损失在这里有折点（ReLU 或最大值在这一步内切换），没有唯一的斜率。',
  curveLabel: '损失随这个权重的变化，以及反向传播给出的切线',
  curveLegend: (samples) =>
    `实线：只移动这个权重时 ${samples} 个训练样本上的损失。虚线：斜率为 ∂l/∂w 的切线。`,

  surfaceTitle: '损失曲面的一个切面',
  surfaceAbout:
    '从当前参数出发，沿两个随机方向；每个神经元的变化与其大小成比例（Li 等，2018）。训练就是在这样的地形中向下走，而且是在所有维度上同时进行。',
  drawSurface: '绘制曲面',
  otherDirections: '换两个方向',
  noSurface: '按需在这台设备上计算：小网络几秒，大网络约一分钟。',
  relief: '立体图',
  map: '等高线图',
  turn: '旋转',
  surfaceLabel: (low, high) =>
    `当前参数附近的损失，从 ${low.toPrecision(2)} 到 ${high.toPrecision(2)}；当前参数位于中央。`,
  surfaceLegend: (samples, step) =>
    `${samples} 个训练样本的平均损失，对数刻度；标记是第 ${step.toLocaleString('zh')} 步之后的位置。`,
  cancel: '取消',
};

export const texts: Texts<ModelTexts> = { en, zh };
