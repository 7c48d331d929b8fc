/** What was changed in a preset so that it fits its data, in Chinese. */
import type { FittingFact } from '../../facts/specFacts.ts';
import { shapeText } from '../../nn/shapeText.ts';
import type { Wording } from '../wording.ts';
import { zh } from './zh.ts';

export const FITTING_CHINESE: Wording<FittingFact> = {
  localStepsFitted: ({ dataSet, localSteps }) =>
    zh`每个副本一回合走 ${localSteps} 个本地步，这样一步所需的样本不超过 ${dataSet} 的样本数。`,
  inputFitted: ({ dataSet, shape }) => zh`模型的输入形状已设为 ${shapeText(shape)}，与 ${dataSet} 一致。`,
  unitsFitted: ({ dataSet, units }) =>
    units === 1
      ? zh`模型最后一个全连接层 dense 已设为 1 个单元，即 ${dataSet} 中要预测的那个数。`
      : zh`模型最后一个全连接层 dense 已设为 ${units} 个单元，对应 ${dataSet} 的每个类别。`,
  lossFitted: ({ dataSet, loss, watched }) =>
    zh`模型的损失函数已设为 ${loss}，与 ${dataSet} 的标签相符${watched === null ? '' : zh`；早停改看 ${watched}`}。`,
  validationFitted: ({ dataSet, validation }) =>
    zh`data.validation 已设为 ${validation}：${dataSet} 的样本太少，不能留出更多。`,
};
