/** Why the layers of a model do not fit together, in Chinese. */
import type { ModelFact } from '../../facts/modelFacts.ts';
import type { TensorRole } from '../../nn/model.ts';
import { shapeText } from '../../nn/shapeText.ts';
import type { Wording } from '../wording.ts';
import { allowedInChinese } from './allowed.ts';
import { chineseField, chineseTerm } from './terms.ts';
import { zh } from './zh.ts';

/** `全连接层 dense3`; `input` and `loss` are no layers. */
function named(layer: string): string {
  if (layer === 'input') return '模型输入';
  if (layer === 'loss') return '损失函数';
  const term = chineseTerm('layer', layer.replace(/\d+$/, ''));
  return term === null ? layer : zh`${term} ${layer}`;
}

const ROLES: { readonly [R in TensorRole]: string } = {
  weight: '权重 weight',
  bias: '偏置 bias',
  scale: '缩放参数 scale',
  shift: '平移参数 shift',
  slope: '斜率 slope',
  running_mean: '滑动均值 running_mean',
  running_var: '滑动方差 running_var',
};

type Misfit = { readonly layer: string; readonly from: string; readonly shape: readonly number[] };

const misfit = ({ layer, from, shape }: Misfit, expects: string, wayOut: string): string =>
  zh`${named(layer)} 需要${expects}，但 ${named(from)} 给出的形状是 ${shapeText(shape)}：${wayOut}。`;

function fieldOf({ field, part }: Extract<ModelFact, { type: 'layerFieldInvalid' }>): string {
  const name = chineseField(field);
  if (part === null) return name;
  if (typeof part === 'number') return zh`第 ${part} 维的长度`;
  return zh`${name} 的${part === 'height' ? '高' : '宽'} ${part}`;
}

export const MODEL_CHINESE: Wording<ModelFact> = {
  modelEmpty: () => '模型没有任何层：至少要写一层，例如 {"type":"dense","units":10}。',
  residualEmpty: ({ layer }) => zh`${named(layer)} 没有任何层：残差块至少需要一层。`,
  lossUnknown: ({ value, known }) => zh`未知的损失函数 ${value}：请使用 ${known.join('、')} 之一。`,
  layerUnknown: ({ number, value, known }) =>
    zh`第 ${number} 层的类型 ${value} 是未知的：请使用 ${known.join('、')} 之一。`,
  initializerUnknown: ({ layer, value, known }) =>
    zh`${named(layer)}：未知的初始化方法 ${value}，请使用 ${known.join('、')} 之一。`,
  layerFieldInvalid: (fact) =>
    zh`${named(fact.layer)}：${fieldOf(fact)} 必须是${allowedInChinese(fact.allowed)}，而不是 ${fact.value}。`,
  inputInvalid: ({ value }) =>
    zh`模型输入必须是 [features]（特征数）或 [channels, height, width]（通道、高、宽），而不是 ${value}。`,
  inputTooLarge: ({ shape, valuesMax }) =>
    zh`模型输入 ${shapeText(shape)} 超过了 ${valuesMax} 个值：请缩小样本。`,
  vectorExpected: (fact) =>
    misfit(
      fact,
      '一个向量',
      fact.layer === 'loss'
        ? '请以展平层 flatten 和全连接层 dense 结束模型'
        : '请在两者之间加入展平层 flatten',
    ),
  imageExpected: (fact) =>
    misfit(
      fact,
      '图像 [channels, height, width]（通道、高、宽）',
      fact.from === 'input'
        ? '请把输入写成 [channels, height, width]，或改用全连接层 dense'
        : zh`请把 ${fact.layer} 放到产生向量的那一层之前`,
    ),
  windowTooLarge: (fact) =>
    misfit(fact, zh`至少 ${fact.least.join(' × ')} 的图像`, '请减小窗口、增大填充 padding，或减少池化层'),
  outputTooLarge: ({ layer, shape, valuesMax }) =>
    zh`${named(layer)} 给出的形状是 ${shapeText(shape)}，每个样本超过了 ${valuesMax} 个值：请减少滤波器 filters 或增大步幅 stride。`,
  tensorTooLarge: ({ layer, role, shape, parametersMax }) =>
    zh`${named(layer)}：形状为 ${shapeText(shape)} 的${ROLES[role]} 会使模型超过 ${parametersMax} 个参数：请减少单元 units 或滤波器 filters，或先做池化。`,
  shortcutMisfit: ({ layer, main, side, identity }) =>
    zh`${named(layer)} 要把 ${named(main.name)}（形状 ${shapeText(main.shape)}）与` +
    zh`${identity ? zh`来自 ${named(side.name)} 的恒等捷径` : zh`${named(side.name)}`}（形状 ${shapeText(side.shape)}）相加：` +
    '请使两者形状相同，例如在捷径 shortcut 中加入卷积核为 1 的 conv2d 或全连接层 dense。',
  oneOutputExpected: ({ loss, outputs }) =>
    zh`损失函数 ${loss} 只比较一个数与一个输出，而模型有 ${outputs} 个输出：请把最后一个全连接层的 units 设为 1。`,
  biasesUnused: ({ layer }) => zh`${named(layer)}：给出了偏置值 biases，但 bias 为 false：请去掉其中之一。`,
  biasesInvalid: ({ layer, units, value }) =>
    zh`${named(layer)}：偏置值 biases 必须是 ${units} 个数，而不是 ${value}。`,
  weightRowsInvalid: ({ layer, units }) =>
    zh`${named(layer)}：权重值 weights 必须有 ${units} 行，每个单元一行。`,
  weightRowInvalid: ({ layer, unit, from, shape, inputs, value }) =>
    zh`${named(layer)}：第 ${unit} 个单元（从 0 数起）的权重值 weights 必须是 ${inputs} 个数（${named(from)} 给出的形状是 ${shapeText(shape)}），而不是 ${value}。`,
};
