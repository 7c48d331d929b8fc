/** Why a run and its workers are in the state that a page shows, in Chinese. */
import type { ViewFact } from '../../facts/viewFacts.ts';
import { type Wording, worded } from '../wording.ts';
import { RUN_END_CHINESE } from './run.ts';
import { rangeInChinese } from './work.ts';
import { zh } from './zh.ts';

export const VIEW_CHINESE: Wording<ViewFact> = {
  noWorkerThere: () => '没有节点连接；第一个节点加入后训练就会继续。',
  trainsEpoch: ({ epoch, epochs }) => zh`正在训练第 ${epoch} 轮，共 ${epochs} 轮。`,
  validatesEpoch: ({ epoch, epochs }) => zh`第 ${epoch} 轮（共 ${epochs} 轮）之后，正在验证集上评估。`,
  testsModel: ({ because }) => zh`${worded(RUN_END_CHINESE, because)}正在测试集上评估。`,
  showsBits: () => '它正在用第一个微批证明自己算得逐位相同。',
  answerOverdue: ({ seconds, stalled }) =>
    zh`它在 ${seconds.toFixed(1)} 秒之前就该给出答案；${stalled ? '在它应答之前不再分给它任务，它手中的由其他节点计算。' : '一旦有节点空闲，它手中的任务也会分给它们。'}`,
  restsForOperator: () => '管理员暂停了它。',
  finishesAndGoes: () => '应管理员的要求，它完成手中的任务后离开。',
  nothingLeftInStep: () => '这一步没有剩下它可做的计算。',
  runIsPaused: () => '训练已暂停。',
  computesRange: (range) => zh`正在计算这一步的${rangeInChinese(range)}。`,
  evaluatesRange: (range) => zh`正在评估${rangeInChinese(range)}。`,
  toldToStopRange: (range) => zh`其他节点已给出${rangeInChinese(range)} 的答案，它被要求停止。`,
  computes: () => '正在计算。',
};
