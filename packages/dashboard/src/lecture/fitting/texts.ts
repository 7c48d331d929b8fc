/** What the scenes of fitting too well, and of its cures, say. */
import { textsIn } from '../../shared/language.ts';

const en = {
  scenes: {
    overfitting: {
      title: 'Overfitting',
      sentence:
        'Learned by heart: the loss on the training samples goes to nothing, while on samples that were never seen it rises again.',
    },
    'early-stopping': {
      title: 'Early stopping',
      sentence:
        'Watch the loss on samples that are held out, stop when it no longer falls, and keep the best weights.',
    },
    'more-data': {
      title: 'More data',
      sentence:
        'The same network and the same number of steps, on 1,000, 5,000 and 15,000 samples. Nothing helps as much.',
    },
    dropout: {
      title: 'Dropout',
      sentence:
        'In each mini-batch neurons are left out at random: another, thinner network. In testing all take part, their weights times (1 − p).',
    },
    decay: {
      title: 'Weight decay',
      sentence: 'A term λ∑w² pulls every weight towards 0. Only weights that pay for themselves stay large.',
    },
  },
  training: 'training',
  held: 'held out',
  loss: 'loss',
  epochs: 'epoch',
  gapNow: (gap: string) => `the gap: ${gap}`,
  gapLabel: (train: string, held: string) =>
    `The loss by epochs: training ${train}, held out ${held}; the gap between them is filled.`,
  byHeart: (percent: string) => `${percent} of the training samples right`,
  outside: (percent: string) => `${percent} of the others right`,
  patience: 'Patience (epochs)',
  best: 'best',
  stop: 'stop',
  goesOn: 'without stopping',
  stoppedAt: (stop: number, best: number) => `stopped after epoch ${stop}; delivers epoch ${best}`,
  stillWatching: 'still falling',
  stoppingLabel: (stop: string, best: string) =>
    `The loss on samples held out, with the best epoch ${best} and the stop ${stop}.`,
  samples: (count: string) => `${count} samples`,
  accuracyAxis: 'validation accuracy',
  steps: 'step',
  dataLabel: (values: string) => `The validation accuracy by steps: ${values}`,
  testError: 'Test errors',
  onMnist: 'On MNIST, trained with this release',
  mnistRow: { 'mnist-overfit': '1,000', 'mnist-more-data': '55,000' },
  rate: 'Left out, p',
  next: 'Next mini-batch',
  hundred: '100 mini-batches',
  seen: (count: number) => `mini-batch ${count}`,
  thinned: 'this thinned network',
  mean: (count: number) => `mean of ${count} thinned networks`,
  tested: 'all neurons, weights × (1 − p)',
  dropoutLabel: (out: number, of: number) => `A network with ${out} of ${of} hidden neurons left out.`,
  shoal:
    'Shoal does it the other way round: in training × 1/(1 − p), in testing nothing. The sums are the same.',
  lambda: 'Decay λ',
  weightAxis: 'weight',
  countAxis: 'how many',
  without: 'λ = 0',
  with: (value: string) => `λ = ${value}`,
  width: (name: string, width: string) => `${name}: mean size ${width}`,
  histogramLabel: (values: string) => `How many weights there are of each size. ${values}`,
};

const zh: typeof en = {
  scenes: {
    overfitting: {
      title: '过拟合',
      sentence: '背了下来：训练样本的损失趋于零，没见过的样本的损失却又升高。',
    },
    'early-stopping': {
      title: '提前停止',
      sentence: '留意预留样本上的损失，不再下降就停，保留最好的权重。',
    },
    'more-data': {
      title: '更多数据',
      sentence: '同样的网络、同样的步数，分别用 1,000、5,000 和 15,000 个样本。没有什么比这更有用。',
    },
    dropout: {
      title: '随机失活',
      sentence: '每个小批量随机去掉一些神经元，得到另一个更稀疏的网络。测试时全部参加，权重乘以 (1 − p)。',
    },
    decay: {
      title: '权重衰减',
      sentence: '附加项 λ∑w² 把每个权重拉向 0，只有值得的权重才会保持很大。',
    },
  },
  training: '训练',
  held: '预留样本',
  loss: '损失',
  epochs: '轮',
  gapNow: (gap) => `差距：${gap}`,
  gapLabel: (train, held) => `各轮的损失：训练 ${train}，预留样本 ${held}；两者之间的差距已填色。`,
  byHeart: (percent) => `训练样本答对 ${percent}`,
  outside: (percent) => `其他样本答对 ${percent}`,
  patience: '耐心（轮）',
  best: '最好',
  stop: '停止',
  goesOn: '不停止',
  stoppedAt: (stop, best) => `第 ${stop} 轮后停止，交付第 ${best} 轮`,
  stillWatching: '仍在下降',
  stoppingLabel: (stop, best) => `预留样本上的损失，最好的是第 ${best} 轮，停止于 ${stop}。`,
  samples: (count) => `${count} 个样本`,
  accuracyAxis: '验证准确率',
  steps: '步',
  dataLabel: (values) => `各步的验证准确率：${values}`,
  testError: '测试错误率',
  onMnist: '在 MNIST 上，随本版本训练',
  mnistRow: { 'mnist-overfit': '1,000', 'mnist-more-data': '55,000' },
  rate: '去掉的概率 p',
  next: '下一个小批量',
  hundred: '100 个小批量',
  seen: (count) => `第 ${count} 个小批量`,
  thinned: '这个稀疏网络',
  mean: (count) => `${count} 个稀疏网络的平均`,
  tested: '全部神经元，权重 × (1 − p)',
  dropoutLabel: (out, of) => `${of} 个隐藏神经元中去掉了 ${out} 个的网络。`,
  shoal: 'Shoal 反过来做：训练时乘以 1/(1 − p)，测试时什么也不乘。总和是一样的。',
  lambda: '衰减 λ',
  weightAxis: '权重',
  countAxis: '个数',
  without: '无衰减 λ = 0',
  with: (value) => `有衰减 λ = ${value}`,
  width: (name, width) => `${name}：平均大小 ${width}`,
  histogramLabel: (values) => `各种大小的权重有多少。${values}`,
};

export const fittingTexts = (): typeof en => textsIn({ en, zh });
