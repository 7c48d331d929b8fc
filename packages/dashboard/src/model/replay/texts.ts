/** The words of a run that is played again. */
import { textsIn } from '../../shared/language.ts';

const en = {
  title: 'Replay',
  loading: 'Loading what was kept of this run…',
  position: 'State',
  positionOf: (at: number, end: number) => `state ${at + 1} of ${end + 1}`,
  step: 'Step',
  loss: 'Loss of the step',
  epoch: 'Epochs',
  validationLoss: 'Validation loss',
  plane: (step: number, right: number, rows: number) =>
    `What the model says everywhere in the plane after step ${step}: ${right} of ${rows} points lie on the right side.`,
  weights: (count: number, step: number) =>
    `The first layer after step ${step}: ${count} pictures of weights.`,
  filters: 'The filters of the first layer: blue above zero, orange below.',
  neurons: 'What training has changed in the weights of the first layer: blue above zero, orange below.',
  right: (right: number, rows: number) => `${right} of ${rows} right`,
  countNote: 'On this device, with each state that is shown.',
  otherData:
    'This needs the test part of the run’s data. The coordinator hands out that of the run that goes on or was the last, which is another here; after a run on the same data it can be read.',
  note: (states: number) =>
    `${states} states were kept on the way, spread over the steps; each move goes to the next of them.`,
};

const zh: typeof en = {
  title: '回放',
  loading: '正在加载这次训练保存的状态……',
  position: '状态',
  positionOf: (at, end) => `第 ${at + 1} / ${end + 1} 个状态`,
  step: '步',
  loss: '这一步的损失',
  epoch: '轮',
  validationLoss: '验证损失',
  plane: (step, right, rows) =>
    `第 ${step} 步之后，模型在平面各处的输出：${rows} 个点中有 ${right} 个在正确的一侧。`,
  weights: (count, step) => `第 ${step} 步之后的第一层：${count} 幅权重图。`,
  filters: '第一层的卷积核：蓝色为正，橙色为负。',
  neurons: '训练使第一层的权重发生的变化：蓝色为正，橙色为负。',
  right: (right, rows) => `${rows} 个中答对 ${right} 个`,
  countNote: '在这台设备上，用所显示的每个状态识别。',
  otherData:
    '这需要该训练所用数据的测试部分。协调器只提供当前（或最近一次）训练的数据，此刻是另一份；用同样的数据训练一次之后就能识别。',
  note: (states) => `训练途中保存了 ${states} 个状态，每次移动到下一个。`,
};

export const replayTexts = (): typeof en => textsIn({ en, zh });
