/** What the scenes of gradient descent say. */
import { textsIn } from '../../shared/language.ts';

const en = {
  scenes: {
    descent: {
      title: 'Gradient descent',
      sentence:
        'Go against the slope, step by step. Where one ends depends on where one began: press on the map.',
    },
    backpropagation: {
      title: 'Backpropagation, checked',
      sentence:
        'Move a weight by a little Δw and see how much the loss moves. Backpropagation gives the same for all weights at once.',
    },
    rates: {
      title: 'Learning rates',
      sentence:
        'Too small never arrives, too large flies off. A rate that falls as 1/√(t+1) begins boldly and ends gently.',
    },
    adaptive: {
      title: 'A rate for each weight',
      sentence:
        'A valley steep across and flat along. Adagrad, RMSProp and Adam divide by the size of past gradients, weight by weight.',
    },
    momentum: {
      title: 'Momentum: the ball on the slope',
      sentence: 'A ball keeps some of its speed. It rolls through the hollow in which plain descent stays.',
    },
    optimizers: {
      title: 'Five optimizers, one network',
      sentence: 'The same network, the same digits, the same batches. Only the rule of the update differs.',
    },
    slice: {
      title: 'The real loss surface',
      sentence:
        'A plane through the space of all weights of a real network, and the ways that its training took.',
    },
  },
  rules: {
    sgd: 'plain descent',
    momentum: 'momentum',
    adagrad: 'Adagrad',
    rmsprop: 'RMSProp',
    adam: 'Adam',
  },
  which: 'Rules',
  whichOf: { one: 'plain descent', all: 'all five side by side' },
  rate: 'Learning rate η',
  startX: 'Start, w₁',
  startY: 'Start, w₂',
  mapLabel: (ends: string) => `A landscape of the loss over two weights, seen from above. ${ends}`,
  ended: (name: string, loss: string) => `${name}: L = ${loss}.`,
  loss: (value: string) => `L = ${value}`,
  steps: 'step',
  lossAxis: 'loss L',
  rateNames: {
    small: 'η = 0.01',
    right: 'η = 0.5',
    large: 'η = 0.86',
    falling: '0.86/√(t+1)',
  },
  lossLabel: (values: string) => `The loss by steps: ${values}`,
  pressMap: 'Press on the map, or move the sliders.',
  friction: 'Kept of the speed, λ',
  ball: 'with momentum',
  plain: 'plain descent',
  slope: 'slope',
  velocity: 'movement',
  slopeLabel: (ball: string, plain: string) =>
    `A slope with a hollow. The ball is at ${ball}, plain descent at ${plain}.`,
  passes: 'The ball has rolled through the hollow; plain descent stays in it.',
  rolls: 'Both roll downhill.',
  position: 'weight w',
  height: 'loss',
  epochs: 'epoch',
  accuracyAxis: 'validation accuracy',
  raceLabel: (values: string) => `The validation accuracy by epochs: ${values}`,
  trainingLoss: 'training loss',
  show: 'Shown',
  shows: { loss: 'training loss', accuracy: 'validation accuracy' },
  sliceLabel: 'The loss on a plane through the weights of a network, with the ways of its training.',
  sliceComing: (percent: number) => `Computing the surface: ${percent} %`,
  weightChoice: 'Weight',
  anotherWeight: 'Another weight',
  delta: 'Δw',
  byBackpropagation: 'by backpropagation, ∂l/∂w',
  byDifference: 'by trying, Δl/Δw',
  lossBefore: 'l(w)',
  lossAfter: 'l(w + Δw)',
  agree: (digits: string) => `They differ by ${digits}.`,
  slopeCurveLabel:
    'The loss along this weight, with the slope that backpropagation gives and the one that was tried.',
  alongWeight: 'the loss along w',
  tangent: 'slope by backpropagation',
  secant: 'through w and w + Δw',
};

const zh: typeof en = {
  scenes: {
    descent: {
      title: '梯度下降',
      sentence: '逆着坡度一步步走。终点取决于起点：在图上点一处试试。',
    },
    backpropagation: {
      title: '检验反向传播',
      sentence: '把一个权重移动一点 Δw，看损失变化多少。反向传播一次就给出所有权重的这个结果。',
    },
    rates: {
      title: '学习率',
      sentence: '太小走不到，太大飞出去。按 1/√(t+1) 减小的学习率开头大胆，结尾温和。',
    },
    adaptive: {
      title: '每个权重各有学习率',
      sentence: '山谷横向陡、纵向平。Adagrad、RMSProp 和 Adam 按各权重以往梯度的大小来除。',
    },
    momentum: {
      title: '动量：坡上的球',
      sentence: '球保留一部分速度，能滚过普通梯度下降停住的小坑。',
    },
    optimizers: {
      title: '五种优化器，同一个网络',
      sentence: '同样的网络、同样的数字、同样的批次，只有更新规则不同。',
    },
    slice: {
      title: '真实的损失曲面',
      sentence: '在真实网络全部权重的空间中取一个平面，并画出训练走过的路。',
    },
  },
  rules: {
    sgd: '普通梯度下降',
    momentum: '动量法',
    adagrad: '自适应 Adagrad',
    rmsprop: '均方根 RMSProp',
    adam: '自适应矩 Adam',
  },
  which: '规则',
  whichOf: { one: '普通梯度下降', all: '五种并排' },
  rate: '学习率 η',
  startX: '起点 w₁',
  startY: '起点 w₂',
  mapLabel: (ends) => `从上方看两个权重的损失地形。${ends}`,
  ended: (name, loss) => `${name}：损失 ${loss}。`,
  loss: (value) => `损失 ${value}`,
  steps: '步',
  lossAxis: '损失 L',
  rateNames: {
    small: 'η = 0.01（小）',
    right: 'η = 0.5（合适）',
    large: 'η = 0.86（大）',
    falling: '递减 0.86/√(t+1)',
  },
  lossLabel: (values) => `各步的损失：${values}`,
  pressMap: '在图上点击，或移动滑块。',
  friction: '保留的速度 λ',
  ball: '有动量',
  plain: '普通梯度下降',
  slope: '坡度',
  velocity: '移动',
  slopeLabel: (ball, plain) => `有小坑的斜坡。球在 ${ball}，普通梯度下降在 ${plain}。`,
  passes: '球已滚过小坑；普通梯度下降停在坑里。',
  rolls: '两者都在下坡。',
  position: '权重 w',
  height: '损失',
  epochs: '轮',
  accuracyAxis: '验证准确率',
  raceLabel: (values) => `各轮的验证准确率：${values}`,
  trainingLoss: '训练损失',
  show: '显示',
  shows: { loss: '训练损失', accuracy: '验证准确率' },
  sliceLabel: '网络权重空间中一个平面上的损失，以及训练走过的路。',
  sliceComing: (percent) => `正在计算曲面：${percent}%`,
  weightChoice: '权重',
  anotherWeight: '换一个权重',
  delta: '变化量 Δw',
  byBackpropagation: '反向传播得到 ∂l/∂w',
  byDifference: '试出来的 Δl/Δw',
  lossBefore: '原来 l(w)',
  lossAfter: '移动后 l(w + Δw)',
  agree: (digits) => `两者相差 ${digits}。`,
  slopeCurveLabel: '沿这个权重的损失，以及反向传播给出的坡度和试出来的坡度。',
  alongWeight: '沿 w 的损失',
  tangent: '反向传播的坡度',
  secant: '过 w 与 w + Δw',
};

export const descentTexts = (): typeof en => textsIn({ en, zh });
