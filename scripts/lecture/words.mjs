// What the tables of `docs/lecture.md` and `docs/lecture.zh.md` say beside their figures.

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

const en = {
  count: (number) => NUMBERS[number] ?? String(number),
  preset: 'Preset',
  model: 'Model',
  parameters: 'Parameters',
  testAccuracy: 'Test accuracy',
  testLoss: 'Test loss',
  afterThree: 'After three epochs',
  crossEntropy: 'Cross-entropy',
  squareError: 'Square error',
  validation: 'validation accuracy',
  rule: 'Rule',
  rate: 'Rate',
  threeAccuracies: 'Validation accuracy after epochs 1, 2, 3',
  threeLosses: 'Training loss, epochs 1 to 3',
  validationAccuracy: 'Validation accuracy',
  changes: 'What it changes',
  delivered: 'Validation loss delivered',
  models: {
    'mnist-softmax': 'ten neurons that see all pixels',
    'mnist-mlp': 'two hidden layers of 512 rectifiers',
    'mnist-cnn': 'two convolutions with pooling, one dense layer',
  },
  adam: 'RMSprop with momentum, both corrected for their start at 0',
  cures: {
    'mnist-overfit': () => 'nothing',
    'mnist-early-stopping': ({ patience, bestEpoch }) =>
      `stops ${en.count(patience)} epochs after the best, delivers epoch ${bestEpoch}`,
    'mnist-dropout': () => 'leaves out half of the hidden neurons in each step',
    'mnist-weight-decay': ({ l2 }) => `adds ${l2}·Σw² to the loss`,
    'mnist-augmented': () => 'shifts, turns and scales the images anew in each epoch',
    'mnist-5000-samples': ({ epochs }) => `5,000 samples, ${epochs} epochs`,
    'mnist-more-data': ({ epochs }) => `all 55,000 samples, ${epochs} epochs`,
  },
};

const zh = {
  count: String,
  preset: '预设',
  model: '模型',
  parameters: '参数个数',
  testAccuracy: '测试准确率',
  testLoss: '测试损失',
  afterThree: '三轮之后',
  crossEntropy: '交叉熵',
  squareError: '平方误差',
  validation: '验证准确率',
  rule: '规则',
  rate: '学习率',
  threeAccuracies: '第 1、2、3 轮后的验证准确率',
  threeLosses: '第 1 至 3 轮的训练损失',
  validationAccuracy: '验证准确率',
  changes: '改变什么',
  delivered: '交付时的验证损失',
  models: {
    'mnist-softmax': '十个神经元，各自看到全部像素',
    'mnist-mlp': '两个各 512 个 ReLU 的隐藏层',
    'mnist-cnn': '两层带池化的卷积，一个全连接层',
  },
  adam: '带动量的 RMSprop，两者都对从 0 开始作了修正',
  cures: {
    'mnist-overfit': () => '什么也不改',
    'mnist-early-stopping': ({ patience, bestEpoch }) =>
      `最好的一轮之后再等 ${patience} 轮就停，交付第 ${bestEpoch} 轮`,
    'mnist-dropout': () => '每一步去掉一半隐藏神经元',
    'mnist-weight-decay': ({ l2 }) => `损失加上 ${l2}·Σw²`,
    'mnist-augmented': () => '每一轮都重新平移、旋转、缩放图片',
    'mnist-5000-samples': ({ epochs }) => `5,000 个样本，${epochs} 轮`,
    'mnist-more-data': ({ epochs }) => `全部 55,000 个样本，${epochs} 轮`,
  },
};

export const lectureWords = { en, zh };
