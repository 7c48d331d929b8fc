/** The words of a run that is played again. */
import { textsIn } from '../../shared/language.ts';

const en = {
  title: 'Replay',
  loading: 'Loading what was kept of this run…',
  step: 'Step',
  loss: 'Loss of the step',
  epoch: 'Epochs',
  validationLoss: 'Validation loss',
  plane: (step: number) => `What the model says everywhere in the plane, after step ${step}.`,
  weights: (count: number, step: number) =>
    `The first layer after step ${step}: ${count} pictures of weights.`,
  filters: 'The filters of the first layer: blue above zero, orange below.',
  neurons: 'What training has changed in the weights of the first layer: blue above zero, orange below.',
  note: (states: number) =>
    `${states} states were kept on the way, spread over the steps; each move goes to the next of them.`,
};

const zh: typeof en = {
  title: '回放',
  loading: '正在加载这次训练保存的状态……',
  step: '步',
  loss: '这一步的损失',
  epoch: '轮',
  validationLoss: '验证损失',
  plane: (step) => `第 ${step} 步之后，模型在平面各处的输出。`,
  weights: (count, step) => `第 ${step} 步之后的第一层：${count} 幅权重图。`,
  filters: '第一层的卷积核：蓝色为正，橙色为负。',
  neurons: '训练使第一层的权重发生的变化：蓝色为正，橙色为负。',
  note: (states) => `训练途中保存了 ${states} 个状态，每次移动到下一个。`,
};

export const replayTexts = (): typeof en => textsIn({ en, zh });
