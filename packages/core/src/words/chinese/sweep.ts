/** What is wrong with a sweep, or at a place of a file, in Chinese. */
import type { DataFact, SpecFact } from '../../facts/specFacts.ts';
import type { SweepFact } from '../../facts/sweepFacts.ts';
import { type Wording, worded } from '../wording.ts';
import { SPEC_CHINESE } from './spec.ts';
import { zh } from './zh.ts';

export const SWEEP_CHINESE: Wording<SweepFact> = {
  problemAt: ({ place, problem }) => zh`${place}：${problemInChinese(problem)}`,
  sweepName: ({ value, most }) =>
    zh`搜索的名称 sweep.name 只能由小写字母、数字和连字符组成，最多 ${most} 个字符，例如 "learning-rates"，而不是 ${value}。`,
  sweepVariesNothing: () =>
    '要变化的字段 sweep.vary 为空：请写出一个字段和它的取值，例如 {"optimizer.lr": [0.1, 0.01]}。',
  sweepFieldsMost: ({ fields, most }) =>
    zh`sweep.vary 有 ${fields} 个字段，而最多只能变化 ${most} 个：请减少几个。`,
  sweepValuesEmpty: ({ at }) => zh`sweep.vary 没有给出 ${at} 的取值：请至少列出一个，例如 [0.1, 0.01]。`,
  sweepValuesExpected: ({ at, value }) =>
    zh`sweep.vary 中 ${at} 的取值必须是列表（例如 [0.1, 0.01]）或范围（例如 {"from": 0.001, "to": 0.1, "scale": "log"}），而不是 ${value}。`,
  sweepValueTwice: ({ at, value }) => zh`sweep.vary 把 ${at} 的值 ${value} 列了两次：请去掉一个。`,
  sweepRangeOrder: ({ at, from, to }) => zh`${at} 的范围必须从小到大，而现在是从 ${from} 到 ${to}。`,
  sweepLogRange: ({ at, from }) =>
    zh`${at} 的范围从 ${from} 开始，而对数刻度的范围必须大于 0：请增大 from，或把 scale 设为 "linear"。`,
  sweepWholeRange: ({ at, from, to }) =>
    zh`${at} 的范围取整数，因此 from 和 to 必须是整数，而不是 ${from} 和 ${to}。`,
  sweepRangeInGrid: ({ at }) =>
    zh`${at} 给出的是范围，无法列出所有组合：请列出它的取值，或用 "search": {"type": "random", "trials": 20} 随机抽取。`,
  sweepTooManyTrials: ({ trials, most }) =>
    zh`这次搜索有 ${trials} 次试验，超过上限 ${most} 次：请减少取值，或用 "search": {"type": "random", "trials": 20} 随机抽取。`,
  sweepTooFewValues: ({ trials, distinct }) =>
    zh`试验次数 sweep.search.trials 为 ${trials}，但这些取值只能组成 ${distinct} 次不同的试验：请减少次数，或增加取值。`,
  sweepEpochs: ({ least, most }) =>
    zh`最少轮数 sweep.search.minEpochs 为 ${least}，大于最多轮数 maxEpochs（${most}）：每次试验至少训练前者，最多训练后者。`,
  sweepVariesEpochs: () =>
    'sweep.vary 中有 epochs，但逐次减半自己决定每次试验训练多久：请改为设置 sweep.search 的 minEpochs 和 maxEpochs。',
  sweepMetricMissing: ({ metric, why }) =>
    why === 'noClasses'
      ? zh`目标 sweep.objective.metric 为 ${metric}，但预测的数值没有对错之分：请用 validationLoss 或 trainLoss。`
      : zh`目标 sweep.objective.metric 为 ${metric}，但没有验证集：请把基础配置的 data.validation 设为大于 0，或用 trainLoss 或 trainAccuracy。`,
};

const problemInChinese = (fact: SpecFact | DataFact | SweepFact): string =>
  worded({ ...SPEC_CHINESE, ...SWEEP_CHINESE }, fact);
