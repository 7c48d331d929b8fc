/** The words of the event log; what happened is worded by its facts. */
import type { EventView } from '@shoal/core';
import { textsIn } from '../../shared/language.ts';

const kinds: Readonly<Record<EventView['kind'], string>> = {
  run: 'run',
  worker: 'worker',
  schedule: 'schedule',
  control: 'control',
  trust: 'trust',
  page: 'page',
};

const levels: Readonly<Record<EventView['level'], string>> = { info: 'info', warn: 'warning' };

const en = {
  title: 'What happened',
  shown: (shown: number, all: number) => `${shown} of ${all}, newest first`,
  contains: 'Contains',
  kind: 'Kind',
  level: 'Level',
  any: 'all',
  kinds,
  levels,
  none: 'Nothing has happened yet.',
  noneFits: 'Nothing fits this filter.',
  older: 'Show older ones',
};

const zh: typeof en = {
  title: '发生的事件',
  shown: (shown, all) => `共 ${all} 条，符合 ${shown} 条，最新在前`,
  contains: '包含',
  kind: '类别',
  level: '级别',
  any: '全部',
  kinds: { run: '训练', worker: '节点', schedule: '调度', control: '控制', trust: '信任', page: '页面' },
  levels: { info: '信息', warn: '警告' },
  none: '还没有事件。',
  noneFits: '没有符合条件的事件。',
  older: '显示更早的',
};

export const eventTexts = (): typeof en => textsIn({ en, zh });
