/** The words of the frame: tabs, connection, session, controls. Each part has its own `texts.ts` besides. */
import type { RunStateName } from '@shoal/core';
import { textsIn } from '../shared/language.ts';

const states: Readonly<Record<RunStateName, string>> = {
  waiting: 'waiting',
  training: 'training',
  validating: 'validating',
  testing: 'testing',
  paused: 'paused',
  finished: 'finished',
  stopped: 'stopped',
  diverged: 'diverged',
  failed: 'failed',
};

const en = {
  skip: 'Skip to the content',
  parts: 'Parts of the page',
  tabs: {
    run: 'Run',
    workers: 'Workers',
    model: 'Model',
    runs: 'Runs',
    start: 'Start',
    join: 'Join',
    log: 'Log',
  },
  states,
  connecting: 'Connecting to the coordinator…',
  lost: (attempts: number) =>
    `The connection to the coordinator is lost; trying again by itself (attempt ${attempts}). What is shown is what was last heard.`,
  outdated: (version: string) => `The coordinator is now version ${version}.`,
  reload: 'Load the page again',
  dismiss: 'Dismiss',
  light: 'Light',
  dark: 'Dark',
  tokenTitle: 'Which token?',
  tokenWhy:
    'This page belongs to a coordinator. Open it by the whole link that the coordinator printed, or paste the link or its token here. It stays in this tab and is sent to no one else.',
  tokenLabel: 'Link or token',
  tokenGo: 'Open',
  noRun: 'No run yet',
  noRunHint: 'Choose a preset under “Start”; the curves appear here.',
  noRunViewer: 'As soon as a run begins, its curves appear here.',
  pause: 'Pause',
  resume: 'Go on',
  stop: 'Stop',
  finish: 'Stop and keep the best',
  stopTitle: 'Stop this run?',
  stopWhat: 'The run ends now. Its checkpoint stays: it can be resumed later from the list of runs.',
  finishTitle: 'Stop and deliver the best model?',
  finishWhat:
    'Training ends now. The best parameters so far are tested on the test set and delivered as the model of this run.',
  cancel: 'Cancel',
  modelLoading: 'Loading…',
  failed: 'That did not work:',
};

const zh: typeof en = {
  skip: '跳到正文',
  parts: '页面各部分',
  tabs: {
    run: '训练',
    workers: '计算节点',
    model: '模型',
    runs: '历史',
    start: '新建',
    join: '加入',
    log: '日志',
  },
  states: {
    waiting: '等待中',
    training: '训练中',
    validating: '验证中',
    testing: '测试中',
    paused: '已暂停',
    finished: '已完成',
    stopped: '已停止',
    diverged: '已发散',
    failed: '失败',
  },
  connecting: '正在连接协调器……',
  lost: (attempts) =>
    `与协调器的连接已断开，正在自动重连（第 ${attempts} 次）。页面上是断开前最后收到的内容。`,
  outdated: (version) => `协调器现在是 ${version} 版。`,
  reload: '重新加载页面',
  dismiss: '关闭',
  light: '浅色',
  dark: '深色',
  tokenTitle: '请提供令牌',
  tokenWhy:
    '此页面属于某个协调器。请用协调器打印的完整链接打开，或把链接或其中的令牌粘贴到这里。令牌只保存在本标签页，不会发给别处。',
  tokenLabel: '链接或令牌',
  tokenGo: '打开',
  noRun: '还没有训练',
  noRunHint: '在“新建”中选择一个预设，曲线会显示在这里。',
  noRunViewer: '训练一开始，曲线就会显示在这里。',
  pause: '暂停',
  resume: '继续',
  stop: '停止',
  finish: '停止并保留最佳模型',
  stopTitle: '停止这次训练？',
  stopWhat: '训练将立即结束。检查点会保留，之后可以在“历史”中继续。',
  finishTitle: '停止并交付最佳模型？',
  finishWhat: '训练将立即结束。目前最好的参数会在测试集上测试，并作为本次训练的模型交付。',
  cancel: '取消',
  modelLoading: '正在加载……',
  failed: '操作未成功：',
};

export const frameTexts = (): typeof en => textsIn({ en, zh });
