/** The words of the comparison of optimizers. */
import { textsIn } from '../../shared/language.ts';

const en = {
  start: 'Compare five optimizers',
  startNote:
    'Trains this spec with SGD, momentum, Adagrad, RMSprop and Adam, one after another, in one chart.',
  unfit: 'One of the five optimizers does not fit this spec.',
  title: 'Five optimizers',
  byThemselves: 'The runs follow one another by themselves; this page may be closed.',
  stop: 'Start no further one',
  putAway: 'Put away',
  metric: 'Shown',
  waits: 'waits',
  notStarted: 'not started',
  loss: 'training loss',
  accuracy: 'validation accuracy',
  byEpoch: { loss: 'Training loss by epoch', accuracy: 'Validation accuracy by epoch' },
};

const zh: typeof en = {
  start: '比较五种优化器',
  startNote: '依次用 SGD、动量、Adagrad、RMSprop 和 Adam 训练这份配置，画在一张图里。',
  unfit: '五种优化器中有一种不适用于这份配置。',
  title: '五种优化器',
  byThemselves: '各次训练会自动依次进行，可以关闭此页面。',
  stop: '不再开始下一次',
  putAway: '收起',
  metric: '显示',
  waits: '等待',
  notStarted: '没有开始',
  loss: '训练损失',
  accuracy: '验证准确率',
  byEpoch: { loss: '每轮训练损失', accuracy: '每轮验证准确率' },
};

export const raceTexts = (): typeof en => textsIn({ en, zh });
