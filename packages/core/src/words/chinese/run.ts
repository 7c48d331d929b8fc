/** The life of a run, in Chinese. */
import type { RunEnd, RunEndFact, RunFact } from '../../facts/runFacts.ts';
import { type Wording, worded } from '../wording.ts';
import { BROKEN_OFF_CHINESE, ENDED_CHINESE } from './ended.ts';
import { OUTCOME_CHINESE } from './outcome.ts';
import { zh } from './zh.ts';

const ENDS: { readonly [E in RunEnd]: string } = {
  finished: '已完成',
  stopped: '已停止',
  diverged: '已发散',
  failed: '失败',
};

export const RUN_END_CHINESE: Wording<RunEndFact> = {
  ...OUTCOME_CHINESE,
  ...ENDED_CHINESE,
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
  statesUnwritten: ({ folder, problem }) => zh`回放用的参数无法写入 ${folder}（${problem}），不再保存。`,
  curveUnwritten: ({ file, problem }) => zh`各步的曲线无法写入 ${file}（${problem}），曲线会有缺口。`,
  standingUnwritten: ({ file, problem }) => zh`各节点的核实记录无法写入 ${file}（${problem}）。`,
  convictionUnwritten: ({ file, problem }) => zh`一条错误答案的证据无法写入 ${file}（${problem}）。`,
  keyNotRemoved: ({ folder, problem }) =>
    zh`${folder} 中的密钥无法删除（${problem}）：复制该文件夹时请不要包含 access.json。`,
  runsUnreadable: ({ problem }) => zh`无法读取存放训练的文件夹（${problem}）。`,
  runIndexMade: ({ folder, runs }) => zh`${folder} 中的训练索引已根据 ${runs} 次训练重新建立。`,
  runIndexUnusable: ({ file, problem }) =>
    zh`训练索引 ${file} 无法使用（${problem}）：改为逐个读取各次训练的文件夹，会慢一些。`,
  webhookFailed: ({ host, event, why }) =>
    zh`未能把 ${event} 通知给 ${host}（${why}）：请检查那个地址是否可用、是否写对。`,
};
