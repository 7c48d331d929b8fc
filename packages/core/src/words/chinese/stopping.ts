/** What early stopping decided, in Chinese. */
import type { StoppedFact, StoppingFact } from '../../facts/stoppingFacts.ts';
import { metricValue } from '../figures.ts';
import type { Wording } from '../wording.ts';
import { METRICS } from './metrics.ts';
import { zh } from './zh.ts';

const named = (metric: StoppingFact['metric']): string => METRICS[metric];

type Waited = Extract<StoppingFact, { type: 'patienceOver' | 'notImproved' }>;

const notImproved = ({ metric, waited, minimumImprovement }: Waited): string => {
  const by = minimumImprovement > 0 ? zh`至少 ${metricValue(minimumImprovement)} 的` : '';
  return zh`${named(metric)}已连续 ${waited} 轮没有${by}改进`;
};

const bestSoFar = ({ best }: Waited): string =>
  best === null ? '它从未是有限的数' : zh`最佳为第 ${best.epoch} 轮的 ${metricValue(best.value)}`;

export const STOPPED_CHINESE: Wording<StoppedFact> = {
  targetReached: ({ epoch, metric, value, target }) =>
    zh`第 ${epoch} 轮后早停（early stopping）：${named(metric)}为 ${metricValue(value)}，已达到目标 ${metricValue(target)}。`,
  patienceOver: (fact) =>
    zh`第 ${fact.epoch} 轮后早停（early stopping）：${notImproved(fact)}；${bestSoFar(fact)}。`,
};

export const STOPPING_CHINESE: Wording<StoppingFact> = {
  ...STOPPED_CHINESE,
  improved: ({ epoch, metric, value }) =>
    zh`第 ${epoch} 轮后继续训练：${named(metric)}达到目前最佳，为 ${metricValue(value)}。`,
  notImproved: (fact) =>
    zh`第 ${fact.epoch} 轮后继续训练：${notImproved(fact)}（最多容忍 ${fact.patience} 轮）；${bestSoFar(fact)}。`,
};
