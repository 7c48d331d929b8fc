/** The life of a run, in Chinese. */
import type { RunEnd, RunEndFact, RunFact } from '../../facts/runFacts.ts';
import { type Wording, worded } from '../wording.ts';
import { OUTCOME_CHINESE } from './outcome.ts';
import { STOPPING_CHINESE } from './stopping.ts';
import { zh } from './zh.ts';

const SIGNALS = {
  SIGINT: '训练被中断（Ctrl-C 或 SIGINT）。',
  SIGTERM: '训练的进程被要求结束（SIGTERM）。',
  SIGHUP: '训练所在的终端已关闭（SIGHUP）。',
} as const;

const ENDS: { readonly [E in RunEnd]: string } = {
  finished: '已完成',
  stopped: '已停止',
  diverged: '已发散',
  failed: '失败',
};

const BROKEN_OFF_CHINESE = {
  operatorFinished: ({ epoch, step }) => zh`管理员在第 ${epoch} 轮、第 ${step} 步之后结束了训练。`,
  operatorStopped: () => '管理员停止了训练，之后可以继续。',
  interrupted: ({ signal }) => SIGNALS[signal],
  takenOver: ({ what, by }) => zh`${what} 已被另一个协调器（${by}）接管，因为那边看不到本协调器的动静。`,
  trustedWorkerFailed: ({ problem }) =>
    zh`用于核实答案的本机节点无法继续（${problem}），因此无法再核实任何答案。`,
  localWorkersGone: () => '本机的节点都无法继续，也没有其他节点加入。',
} satisfies Partial<Wording<RunFact>>;

export const RUN_END_CHINESE: Wording<RunEndFact> = {
  text: ({ text }) => text,
  targetReached: STOPPING_CHINESE.targetReached,
  patienceOver: STOPPING_CHINESE.patienceOver,
  ...OUTCOME_CHINESE,
  ...BROKEN_OFF_CHINESE,
};

export const RUN_CHINESE: Wording<RunFact> = {
  ...BROKEN_OFF_CHINESE,
  runBegins: ({ runId }) => zh`训练 ${runId} 开始。`,
  runGoesOn: ({ runId, step }) => zh`训练 ${runId} 从第 ${step} 步之后继续。`,
  runEnded: ({ runId, state, why }) =>
    zh`训练 ${runId} 结束（${ENDS[state]}）：${why.map((fact) => worded(RUN_END_CHINESE, fact)).join('')}`,
  epochUnwritten: ({ epoch, problem }) => zh`第 ${epoch} 轮的记录无法写入（${problem}）。`,
  epochsUnwritten: ({ problem }) => zh`保留下来的各轮的记录无法写入（${problem}）。`,
  resultUnwritten: ({ folder, problem }) =>
    zh`训练结果无法写入 ${folder}（${problem}）。最后一个检查点仍在；请腾出磁盘空间，再继续这次训练。`,
  checkpointUnwritten: ({ file, problem }) =>
    zh`检查点 ${file} 无法写入（${problem}）。上一个完好的检查点仍在；请腾出磁盘空间，下一个会照常写入。`,
  curveUnwritten: ({ file, problem }) => zh`各步的曲线无法写入 ${file}（${problem}），曲线会有缺口。`,
  standingUnwritten: ({ file, problem }) => zh`各节点的核实记录无法写入 ${file}（${problem}）。`,
  convictionUnwritten: ({ file, problem }) => zh`一条错误答案的证据无法写入 ${file}（${problem}）。`,
  keyNotRemoved: ({ folder, problem }) =>
    zh`${folder} 中的密钥无法删除（${problem}）：复制该文件夹时请不要包含 access.json。`,
  runsUnreadable: ({ problem }) => zh`无法读取存放训练的文件夹（${problem}）。`,
};
