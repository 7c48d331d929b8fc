/** The words of the comparison of optimizers. */
import { textsIn } from '../../shared/language.ts';

const en = {
  start: 'Compare five optimizers',
  startNote:
    'Trains this spec with SGD, momentum, Adagrad, RMSprop and Adam, one after another, in one chart.',
  unfit: 'One of the five optimizers does not fit this spec.',
  title: 'Five optimizers',
  keepOpen: 'The runs follow one another as long as this page stays open.',
  stop: 'Start no further one',
  putAway: 'Put away',
  metric: 'Shown',
  waits: 'waits',
  refused: 'not started',
  loss: 'training loss',
  accuracy: 'validation accuracy',
  byEpoch: { loss: 'Training loss by epoch', accuracy: 'Validation accuracy by epoch' },
};

const zh: typeof en = {
  start: '比较五种优化器',
  startNote: '依次用 SGD、动量、Adagrad、RMSprop 和 Adam 训练这份配置，画在一张图里。',
  unfit: '五种优化器中有一种不适用于这份配置。',
  title: '五种优化器',
  keepOpen: '只要此页面开着，各次训练就会依次进行。',
  stop: '不再开始下一次',
  putAway: '收起',
  metric: '显示',
  waits: '等待',
  refused: '没有开始',
  loss: '训练损失',
  accuracy: '验证准确率',
  byEpoch: { loss: '每轮训练损失', accuracy: '每轮验证准确率' },
};

export const raceTexts = (): typeof en => textsIn({ en, zh });
