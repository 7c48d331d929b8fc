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

const en = {
  title: 'Workers',
  counted: (all: number, computing: number) => `${all} connected, ${computing} computing`,
  none: 'No worker is connected. The run waits until one joins.',
  columns,
  states,
  localStates,
  local: 'this machine',
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
    'Workers of this machine, for showing what happens when one fails. The run ends with the same bits whatever you do here.',
  which: 'Which worker',
  add: 'Add a worker',
  noLocals: 'No worker runs on this machine.',
  goneLocal: (name: string) => `${name} is no longer there: choose another one.`,
  kill: 'Kill',
  killWatch:
    'Ends its process at once. Watch its lease go to another worker, and the loss go on as if nothing had been.',
  freeze: 'Freeze',
  freezeWatch:
    'Halts its process without a word. Watch it become late: its lease is granted a second time and the first answer counts.',
  slow: 'Slow down',
  slowWatch:
    'Lets it compute a fraction of the time. Watch its share of the samples shrink while no step waits for it.',
  poison: 'Poison',
  poisonWatch:
    'Lets it answer with wrong gradients. Watch the log: a spot check finds it, and it is sent away.',
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
  lectureWhy: '用本机的节点演示故障。无论在这里做什么，训练最终得到的结果逐位相同。',
  which: '选择节点',
  add: '增加一个节点',
  noLocals: '本机没有运行节点。',
  goneLocal: (name) => `${name} 已经不在了，请另选一个。`,
  kill: '终止',
  killWatch: '立即结束它的进程。请看：它的任务转给别的节点，损失照常下降，仿佛什么也没发生。',
  freeze: '冻结',
  freezeWatch: '让它的进程无声停住。请看：它变为超时，任务再次分发，先到的答案有效。',
  slow: '减速',
  slowWatch: '让它只用一小部分时间计算。请看：它的样本份额变小，而每一步都不必等它。',
  poison: '投毒',
  poisonWatch: '让它返回错误的梯度。请看日志：抽查会发现它，并把它请走。',
  restore: '恢复',
  restoreWatch: '重新启动、解冻或恢复正常。请看：它先通过检验证明结果逐位相同，才会得到任务。',
};

export const workerTexts = (): typeof en => textsIn({ en, zh });
