/** Why something that was asked for was not done, in both languages. */
import type { RefusalCode } from '@shoal/core';
import type { Texts } from '../shared/language.ts';

/** Those of the coordinator, and what stands between the page and it. */
export type Refused = RefusalCode | 'noAnswer' | 'noToken' | 'notAllowed' | 'tooOften' | 'defect';

const en: Readonly<Record<Refused, string>> = {
  noAnswer: 'The coordinator does not answer. Try again when the connection is back.',
  noToken: 'The link by which this page was opened holds no longer. Open it by a new one.',
  notAllowed: 'The link by which this page was opened does not go so far; only the operator may do this.',
  tooOften: 'Too much was asked for at once. Wait a minute and try again.',
  defect: 'Something went wrong in the coordinator that should not; its log says what.',
  noRun: 'No run is going on: it has ended meanwhile.',
  runGoing: 'Another run is going on. Stop or finish it first.',
  runNotEnded: 'This run goes on: stop it before it is deleted.',
  noModel: 'This run has delivered no model.',
  queueFull: 'As many runs wait as may. Take one out of the queue first.',
  notQueued: 'This waits no longer: it has begun, or was taken out of the queue.',
  noSuchSweep: 'There is no such sweep here any more: its file is gone.',
  sweepGoing: 'This goes on or waits already.',
  sweepNotGoing: 'This sweep is not going on any more.',
  runLocked: 'Another coordinator is at work on this run. Stop it there first; the log names who it is.',
  closing: 'The coordinator is closing.',
  standby: 'This coordinator stands by. Ask the one that leads instead; its address stands above.',
  pausedAlready: 'The run is paused already.',
  notPaused: 'The run is not paused: it goes on already.',
  endingAlready: 'The run is ending already.',
  noSuchRun: 'This run is no longer among the runs of the coordinator: its folder is gone.',
  noSuchWorker: 'This worker has left, so that nothing can be done to it any more.',
  noSuchLocal: 'There is no such worker on the coordinator’s machine any more.',
  notRemoved: 'This worker is not among those who were sent away: it may come in again.',
  poisonStays:
    'No answers are checked in this run, so that poison would stay in the model. Switch checking on first, or poison it unchecked.',
  localNotRunning: 'This worker is not running any more, so that nothing was done to it. Restore it first.',
  localsMax: 'There are as many workers on the coordinator’s machine as may be.',
  noSuchState: 'The parameters after this step are not kept any more. Open the run again.',
  noData: 'There is no run at present whose model or data could be had.',
};

const zh: typeof en = {
  noAnswer: '协调器没有响应。连接恢复后请再试一次。',
  noToken: '打开此页面的链接已失效，请用新的链接打开。',
  notAllowed: '打开此页面的链接没有这个权限，只有管理员可以这样做。',
  tooOften: '请求过于频繁，请等一分钟再试。',
  defect: '协调器内部出错了，具体原因见它的日志。',
  noRun: '现在没有正在进行的训练：它已经结束了。',
  runGoing: '另一次训练正在进行，请先停止或结束它。',
  runNotEnded: '这次训练仍在进行：请先停止，再删除。',
  noModel: '这次训练没有交付模型。',
  queueFull: '队列已满，请先移出一个。',
  notQueued: '它已不在队列中：已经开始，或已被移出。',
  noSuchSweep: '这里已经没有这次搜索：它的文件不在了。',
  sweepGoing: '它已经在进行或在排队。',
  sweepNotGoing: '这次搜索已经不在进行。',
  runLocked: '另一个协调器正在处理这次训练，请先在那边停止它；日志里写明了是哪一个。',
  closing: '协调器正在关闭。',
  standby: '这个协调器处于待命状态。请改用正在主持的协调器，地址见上方。',
  pausedAlready: '训练已经暂停了。',
  notPaused: '训练没有暂停，正在继续。',
  endingAlready: '训练已经在结束了。',
  noSuchRun: '协调器里已经没有这次训练：它的文件夹不在了。',
  noSuchWorker: '这个节点已经离开，无法再对它进行操作。',
  noSuchLocal: '协调器所在的机器上已经没有这个节点。',
  notRemoved: '这个节点不在被请出的名单里：它可以再加入。',
  poisonStays: '这次训练不检查任何答案，毒会留在模型里。请先开启检查，或选择不检查、直接投毒。',
  localNotRunning: '这个节点已经不在运行，所以没有对它做任何事。请先恢复它。',
  localsMax: '协调器所在机器上的节点数已达上限。',
  noSuchState: '这一步之后的参数已不再保存，请重新打开这次训练。',
  noData: '现在没有可以读取模型或数据的训练。',
};

export const refusalTexts: Texts<typeof en> = { en, zh };
