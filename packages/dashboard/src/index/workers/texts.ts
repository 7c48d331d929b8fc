/** The words of the workers and of the lecture's buttons. */
import type { LocalWorkerView, WorkerView } from '@shoal/core';
import { textsIn } from '../../shared/language.ts';
import type { SortKey } from './sorting.ts';

const columns: Readonly<Record<SortKey, string>> = {
  name: 'Name',
  agent: 'Runs on',
  engine: 'Engine',
  threads: 'Threads',
  speed: 'Counted/s',
  share: 'Share',
  samples: 'Samples counted',
  samplesLate: 'Too late',
  leasesDone: 'Leases done',
  leasesLost: 'Lost',
  leasesHeld: 'Held',
  rttMs: 'Round trip',
  upBitsPerSecond: 'Line up',
  downBitsPerSecond: 'Line down',
  joinedSecondsAgo: 'Here for',
  bytesSent: 'Sent',
  bytesReceived: 'Received',
  state: 'State',
};

const states: Readonly<Record<WorkerView['state'], string>> = {
  probing: 'probing',
  ready: 'ready',
  computing: 'computing',
  late: 'late',
  paused: 'paused',
  draining: 'draining',
};

const localStates: Readonly<Record<LocalWorkerView['state'], string>> = {
  running: 'running',
  frozen: 'frozen',
  slowed: 'slowed',
  poisoned: 'poisoned',
  killed: 'killed',
};

/** As they are shown. */
type GatewayFigures = {
  readonly threads: string;
  readonly speed: string;
  readonly roundTrip: string;
  readonly down: string;
  readonly up: string;
};

const en = {
  title: 'Workers',
  counted: (all: number, computing: number) => `${all} connected, ${computing} computing`,
  none: 'No worker is connected. The run waits until one joins.',
  columns,
  states,
  localStates,
  local: 'this machine',
  gateway: 'gateway',
  gateways: 'Gateways',
  gatewaysWhy:
    'Each stands for all who have joined it and computes nothing itself. Its speed is the sum of what was measured of them.',
  below: (shown: string, workers: number) => (workers === 1 ? `${shown} worker` : `${shown} workers`),
  gatewayFigures: ({ threads, speed, roundTrip, down, up }: GatewayFigures) =>
    `${threads} threads · ${speed} samples/s · round trip ${roundTrip} · line down ${down}, up ${up}`,
  sortBy: (column: string) => `Sort by ${column}`,
  help: {
    line: 'Its answers come too late to count: its line is too slow for steps as short as these.',
    machine: 'Its answers come too late to count: it computes too slowly for this run.',
    slow: 'Nothing of it has come in time: its line or the machine is too slow for this run.',
    nothingLeft: 'Nothing of it counts: the others do all that there is to do.',
  },
  removed: 'Sent away',
  removedWhy:
    'They stay away until you let them in again, or the coordinator ends. Somebody who clears the browser comes as somebody else; to keep a link’s owners out, revoke its links.',
  letIn: 'Let in again',
  ago: (time: string) => `${time} ago`,
  actions: 'Actions',
  pause: 'Pause',
  continue: 'Continue',
  drain: 'Drain',
  remove: 'Remove',
  actionOn: (action: string, name: string) => `${action}: ${name}`,
  filter: 'Name contains',
  lecture: 'Disturb a worker',
  lectureWhy:
    'Workers of this machine, for showing what happens when one fails. The run ends with the same bits whatever you do here, unless you let poison in unchecked.',
  lectureWhyFast:
    'Workers of this machine, for showing what happens when one fails. In a fast run no bits are promised, but each sample still counts once.',
  which: 'Which worker',
  add: 'Add a worker',
  noLocals: 'No worker runs on this machine.',
  goneLocal: (name: string) => `${name} is no longer there: choose another one.`,
  kill: 'Kill',
  killWatch:
    'Ends its thread at once. Watch its lease go to another worker, and the loss go on as if nothing had been.',
  freeze: 'Freeze',
  freezeWatch:
    'Halts it without a word. Watch it become late: its lease is granted a second time and the first answer counts.',
  slow: 'Slow down',
  slowWatch:
    'Lets it compute a fraction of the time. Watch its share of the samples shrink while no step waits for it.',
  poison: 'Poison',
  poisonWatch:
    'Lets it answer with wrong gradients. Watch the log: from now on each of its answers is computed a second time, so that the first wrong one finds it out, and it is sent away.',
  poisonUnchecked: (name: string) => `Poison ${name} in a run that checks nothing?`,
  poisonUncheckedWhy:
    'No answers are checked in this run. Wrong gradients would go into the model and stay there, unless checking begins before the run ends and finds out who sent them.',
  checkThenPoison: 'Check from now on, then poison',
  poisonAnyway: 'Poison it unchecked',
  trust: 'Trust',
  trustWhy:
    'Leases of workers that were not started here are computed a second time by this machine, drawn at random. Who gave a wrong answer is sent away, and what only such workers have vouched for is computed again. None of this changes the bits.',
  trustOn: (answers: string) => `${answers} answers of those who are here were found right`,
  trustOff: 'Nothing is checked: wrong answers would stay in the model.',
  spotCheck: 'Checked (%)',
  quorum: 'Must agree',
  changeTrust: 'Change',
  checked: 'Found right',
  checkedWhy:
    'Answers that were computed a second time and found right: of this connection, and of this worker altogether',
  believed: 'not checked',
  restore: 'Restore',
  restoreWatch: 'Starts, thaws or heals it. Watch it prove its bits with a probe before it is given work.',
};

const zh: typeof en = {
  title: '计算节点',
  counted: (all, computing) => `已连接 ${all} 个，${computing} 个正在计算`,
  none: '没有计算节点连接，训练会等到有节点加入。',
  columns: {
    name: '名称',
    agent: '运行环境',
    engine: '引擎',
    threads: '线程',
    speed: '计入/秒',
    share: '份额',
    samples: '计入的样本',
    samplesLate: '来不及',
    leasesDone: '完成任务',
    leasesLost: '丢失',
    leasesHeld: '持有',
    rttMs: '往返时间',
    upBitsPerSecond: '上行',
    downBitsPerSecond: '下行',
    joinedSecondsAgo: '在线时长',
    bytesSent: '发送',
    bytesReceived: '接收',
    state: '状态',
  },
  states: {
    probing: '检验中',
    ready: '就绪',
    computing: '计算中',
    late: '超时',
    paused: '已暂停',
    draining: '收尾中',
  },
  localStates: {
    running: '运行中',
    frozen: '已冻结',
    slowed: '已减速',
    poisoned: '已投毒',
    killed: '已终止',
  },
  local: '本机',
  gateway: '网关',
  gateways: '网关',
  gatewaysWhy: '每个网关代表通过它加入的所有节点，自己不参与计算。它的速度是这些节点实测速度之和。',
  below: (shown) => `${shown} 个节点`,
  gatewayFigures: ({ threads, speed, roundTrip, down, up }) =>
    `${threads} 个线程 · ${speed} 个样本/秒 · 往返 ${roundTrip} · 下行 ${down}，上行 ${up}`,
  sortBy: (column) => `按${column}排序`,
  help: {
    line: '它的答案来不及计入：对这么短的步来说，它的网络太慢。',
    machine: '它的答案来不及计入：对这次训练来说，它算得太慢。',
    slow: '它没有任何结果及时送到：对这次训练来说，它的网络或机器太慢。',
    nothingLeft: '它没有计入任何结果：其他节点已承担全部计算。',
  },
  removed: '已移除',
  removedWhy:
    '在你重新允许之前，或在协调器结束之前，他们不能再加入。清除浏览器数据的人会以新的身份出现；要把持有链接的人挡在外面，请撤销链接。',
  letIn: '重新允许',
  ago: (time) => `${time}前`,
  actions: '操作',
  pause: '暂停',
  continue: '继续',
  drain: '收尾',
  remove: '移除',
  actionOn: (action, name) => `${action}：${name}`,
  filter: '名称包含',
  lecture: '干扰一个节点',
  lectureWhy: '用本机的节点演示故障。除非不经检查就投毒，否则无论在这里做什么，训练最终得到的结果逐位相同。',
  lectureWhyFast: '用本机的节点演示故障。快速数值模式不保证逐位相同，但每个样本仍然只计一次。',
  which: '选择节点',
  add: '增加一个节点',
  noLocals: '本机没有运行节点。',
  goneLocal: (name) => `${name} 已经不在了，请另选一个。`,
  kill: '终止',
  killWatch: '立即结束它的线程。请看：它的任务转给别的节点，损失照常下降，仿佛什么也没发生。',
  freeze: '冻结',
  freezeWatch: '让它无声停住。请看：它变为超时，任务再次分发，先到的答案有效。',
  slow: '减速',
  slowWatch: '让它只用一小部分时间计算。请看：它的样本份额变小，而每一步都不必等它。',
  poison: '投毒',
  poisonWatch:
    '让它返回错误的梯度。请看日志：从现在起，它的每个答案都会被重新计算一遍，第一个错误答案就会暴露它，随后它被请走。',
  poisonUnchecked: (name) => `这次训练不检查任何答案，仍要对 ${name} 投毒吗？`,
  poisonUncheckedWhy:
    '这次训练不检查任何答案。错误的梯度会进入模型并留在其中，除非在训练结束前开始检查，并查出是谁发送的。',
  checkThenPoison: '从现在起检查，然后投毒',
  poisonAnyway: '不检查，直接投毒',
  trust: '信任',
  trustWhy:
    '不是由本机启动的节点，其任务会被随机抽取，由本机重新计算一遍。给出错误答案的节点会被请走，只有这类节点担保过的结果会重新计算。这一切都不会改变最终结果的任何一位。',
  trustOn: (answers) => `当前节点已有 ${answers} 个答案被核实为正确`,
  trustOff: '没有检查：错误的答案会留在模型里。',
  spotCheck: '抽查比例（%）',
  quorum: '须一致的答案数',
  changeTrust: '更改',
  checked: '核实正确',
  checkedWhy: '被重新计算并核实为正确的答案：本次连接的，以及该节点累计的',
  believed: '不检查',
  restore: '恢复',
  restoreWatch: '重新启动、解冻或恢复正常。请看：它先通过检验证明结果逐位相同，才会得到任务。',
};

export const workerTexts = (): typeof en => textsIn({ en, zh });
