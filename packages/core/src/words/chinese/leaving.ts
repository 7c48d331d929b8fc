/** Why a worker goes by itself, in Chinese. */
import type { LeaveFact } from '../../facts/connectionFacts.ts';
import type { Wording } from '../wording.ts';
import { zh } from './zh.ts';

export const LEAVING_CHINESE: Wording<LeaveFact> = {
  volunteerPaused: () => '志愿者暂停了计算。',
  volunteerLeft: () => '志愿者离开了。',
  threadsChange: () => '线程数正在改变。',
  toldToStop: ({ signal }) => zh`它被要求停止（${signal}）。`,
};
