/** Who computes what and whose answers are believed, in Chinese. */
import type { WorkFact } from '../../facts/workFacts.ts';
import type { Wording } from '../wording.ts';
import { zh } from './zh.ts';

/** `微批 3`, `微批 3 到 5`: those before `to`. */
export const rangeInChinese = ({ from, to }: { readonly from: number; readonly to: number }): string =>
  to - from === 1 ? zh`微批 ${from}` : zh`微批 ${from} 到 ${to - 1}`;

export const WORK_CHINESE: Wording<WorkFact> = {
  leaseLate: ({ name, ...range }) => zh`${rangeInChinese(range)} 超时了，${name} 也来计算。`,
  fallenBehind: ({ ms, leases }) => zh`协调器落后了 ${ms} 毫秒：赶上之前，同时分出的任务最多 ${leases} 个。`,
  notFinite: ({ name }) => zh`${name} 算出了不是有限数的结果，它的微批会再算一次。`,
  convicted: ({ name, step, ...range }) =>
    zh`${name} 对第 ${step} 步的${rangeInChinese(range)} 给出了错误的答案，不再参与这次训练。证据保存在这次训练的文件夹里。`,
  taskBegunAgain: () => '当前计算的一些答案没有其他节点担保，因此重新开始。',
  wentBack: ({ step, steps }) =>
    zh`训练回到${step === 0 ? '开始时' : zh`第 ${step} 步之后`}的状态，重新计算 ${steps} 步：其中一些答案只有给出过错误答案的节点担保过。`,
  tooFewForQuorum: ({ present, quorum }) =>
    zh`这里只有 ${present} 个互不相关的节点，少于须一致的 ${quorum} 个：所有任务都由本机再算一遍。`,
  enoughForQuorum: ({ quorum }) => zh`节点已足够：它们的答案有 ${quorum} 个一致就有效。`,
  unverifiedBefore: () => '如果发现以前就参与过的节点给出过错误的答案，训练最多会退回到开始时的状态。',
  answersDiffer: (range) => zh`对${rangeInChinese(range)} 的答案不一致，由本机重新计算。`,
  notFiniteChecked: ({ name, ...range }) =>
    zh`${name} 算出了不是有限数的结果，${rangeInChinese(range)} 由本机再算一遍。`,
  gradientUnusual: ({ name, factor, ...range }) =>
    zh`${name} 对${rangeInChinese(range)} 给出的梯度长度反常（相差 ${factor.toPrecision(2)} 倍），由本机再算一遍。`,
  noSecondOpinion: (range) => zh`${rangeInChinese(range)} 没有及时得到第二个答案，由本机重新计算。`,
};
