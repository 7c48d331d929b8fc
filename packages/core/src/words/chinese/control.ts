/** What the operator has asked for, in Chinese. */
import type { ControlFact } from '../../facts/controlFacts.ts';
import { sharePercent } from '../figures.ts';
import { type Wording, worded } from '../wording.ts';
import { RUN_CHINESE } from './run.ts';
import { zh } from './zh.ts';

const ROLES = { worker: '加入', viewer: '观看', gateway: '网关' } as const;

export const CONTROL_CHINESE: Wording<ControlFact> = {
  operatorPaused: () => '管理员暂停了训练。',
  leadUncertain: () => '集群没有应答，其他协调器可能已开始主持：在确认之前训练暂停。',
  leadCertain: () => '集群恢复应答，期间没有其他协调器主持过：训练继续。',
  operatorResumed: () => '管理员让训练继续。',
  resumedToEnd: () => '训练继续，以便有序结束。',
  runPaused: ({ because, leases }) =>
    zh`${worded(CONTROL_CHINESE, because)}继续之前不再分配任务。${leases === 0 ? '' : zh`已分出的 ${leases} 个任务仍然计入。`}`,
  runFinishing: ({ because, after }) =>
    zh`${worded(RUN_CHINESE, because)}${after === 'step' ? '当前这一步' : '当前的验证'}会先完成。`,
  operatorSteps: () => '管理员让训练走一步，然后暂停。',
  paceChanged: ({ stepsPerSecond }) =>
    stepsPerSecond === null
      ? '从现在起训练全速进行。'
      : zh`训练以慢动作进行：每秒最多 ${stepsPerSecond} 步，结果逐位不变。`,
  workerPaused: ({ name }) => zh`${name} 已暂停：不再分给它新任务，手中的任务仍然计入。`,
  workerContinues: ({ name }) => zh`${name} 重新得到任务。`,
  workerDrains: ({ name }) => zh`${name} 完成手中的任务后离开。`,
  workerRemoved: ({ name, staysAway }) =>
    staysAway ? zh`${name} 已被移除，重新允许之前不能再加入。` : zh`${name} 已被移除。`,
  workerLetIn: ({ name }) => zh`${name} 可以重新加入。`,
  linksRevoked: ({ role }) => zh`管理员撤销了所有用于${ROLES[role]}的链接。`,
  credentialNotRevoked: ({ problem }) => zh`无法撤销凭证（${problem}）。`,
  trustChanged: ({ spotCheck, quorum }) =>
    zh`${spotCheck === 0 ? '不再检查任何任务' : zh`从现在起检查 ${sharePercent(spotCheck)} 的任务`}${quorum === 1 ? '' : zh`，并且 ${quorum} 个互不相关的节点给出一致的答案才计入`}。`,
  queueAdded: ({ name, place }) => zh`“${name}”已排队，位置为第 ${place} 个。`,
  queueMoved: ({ name, place }) => zh`“${name}”现在排在队列的第 ${place} 个。`,
  queueRemoved: ({ name }) => zh`“${name}”已移出队列。`,
  queueDropped: ({ name, problem }) => zh`排队的“${name}”无法开始，已移出队列（${problem}）。`,
  sweepBegins: ({ name, trials, left }) =>
    zh`超参数搜索 ${name} 开始：共 ${trials} 次试验，${left === trials ? '都还没有完成' : zh`还有 ${left} 次没有完成`}。`,
  sweepStops: ({ name }) => zh`超参数搜索 ${name} 停止。已完成的部分会保留，之后可以继续。`,
  sweepEnds: ({ name, best }) =>
    best === null
      ? zh`超参数搜索 ${name} 已完成，但没有一次试验得到指标。`
      : zh`超参数搜索 ${name} 已完成，最好的是第 ${best} 次试验。`,
  localStarted: ({ name }) => zh`${name} 正在本机启动。`,
  localRestarted: ({ name, asNew }) => (asNew ? zh`${name} 以新的身份重新启动。` : zh`${name} 重新启动。`),
  localKilled: ({ name }) => zh`${name} 已被终止：它的线程没有任何告知就结束了。`,
  localFrozen: ({ name }) => zh`${name} 已被冻结：它保持连接，但既不计算也不应答。`,
  localSlowed: ({ name }) => zh`${name} 以十分之一的速度计算。`,
  localPoisoned: ({ name }) => zh`${name} 会送出错误的梯度。`,
  localMended: ({ name }) => zh`${name} 恢复正常。`,
};
