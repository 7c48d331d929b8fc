/** Why a run trains no further, in Chinese. */
import type { BrokenOffFact, EndedFact } from '../../facts/runFacts.ts';
import type { Wording } from '../wording.ts';
import { COMPLETED_CHINESE } from './completed.ts';
import { STOPPED_CHINESE } from './stopping.ts';
import { zh } from './zh.ts';

const SIGNALS = {
  SIGINT: '训练被中断（Ctrl-C 或 SIGINT）。',
  SIGTERM: '训练的进程被要求结束（SIGTERM）。',
  SIGHUP: '训练所在的终端已关闭（SIGHUP）。',
} as const;

export const BROKEN_OFF_CHINESE = {
  operatorFinished: ({ epoch, step }) => zh`管理员在第 ${epoch} 轮、第 ${step} 步之后结束了训练。`,
  operatorStopped: () => '管理员停止了训练，之后可以继续。',
  interrupted: ({ signal }) => SIGNALS[signal],
  takenOver: ({ what, by }) => zh`${what} 已被另一个协调器（${by}）接管，因为那边看不到本协调器的动静。`,
  trustedWorkerFailed: ({ problem }) =>
    zh`用于核实答案的本机节点无法继续（${problem}），因此无法再核实任何答案。`,
  localWorkersGone: () => '本机的节点都无法继续，也没有其他节点加入。',
  rungReached: ({ sweep, epochs }) =>
    zh`超参数搜索 ${sweep} 已得到训练 ${epochs} 轮后的指标；如果这次训练名列前茅，就会继续。`,
} satisfies Wording<BrokenOffFact>;

export const ENDED_CHINESE: Wording<EndedFact> = {
  text: ({ text }) => text,
  ...STOPPED_CHINESE,
  ...COMPLETED_CHINESE,
  ...BROKEN_OFF_CHINESE,
};
