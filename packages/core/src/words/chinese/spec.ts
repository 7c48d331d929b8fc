/** What is wrong with a run spec, or does not fit its data, in Chinese. */
import type { DataFact, Owner, SpecFact } from '../../facts/specFacts.ts';
import { shapeText } from '../../nn/shapeText.ts';
import type { Wording } from '../wording.ts';
import { allowedInChinese } from './allowed.ts';
import { namesInChinese } from './names.ts';
import { chineseField, chineseTerm } from './terms.ts';
import { zh } from './zh.ts';

const place = (at: string): string => (at === '' ? '训练配置' : chineseField(at));

function ownerName({ at, tag }: Owner): string {
  if (at === '') return '训练配置';
  return tag === null ? zh`${at} ` : zh`${at}（${tag.field} 为 "${tag.name}"）`;
}

const metricName = (metric: string): string => zh`"${metric}"（${chineseTerm('metric', metric) ?? metric}）`;

export const SPEC_CHINESE: Wording<SpecFact | DataFact> = {
  fieldInvalid: ({ at, allowed, value }) =>
    zh`${place(at)} 必须是${allowedInChinese(allowed)}，而不是 ${value}。`,
  fieldMissing: ({ at, known }) => zh`缺少 ${place(at)}。此处的字段有：${known.join('、')}。`,
  modelMissing: ({ at }) =>
    zh`缺少 ${place(at)}：请写成 {"input": [1, 28, 28], "layers": […]}，或用 "preset": "mnist-mlp" 从预设开始。`,
  tagMissing: ({ at, known }) =>
    zh`缺少 ${place(at)}：其余字段的含义由它决定。可用的名称：${known.join('、')}。`,
  nameUnknown: ({ at, value, ...names }) => zh`${place(at)} 不能是 ${value}：${namesInChinese(names)}`,
  objectExpected: ({ at, tag, value }) =>
    zh`${place(at)} 必须是对象，而不是 ${value}：请用花括号写，例如 {"${tag}": …}。`,
  fieldUnknown: ({ at, owner, tagFirst, ...names }) =>
    zh`${at} 不是${ownerName(owner)}的字段：${namesInChinese(names)}` +
    (tagFirst === null ? '' : zh`要使用其他类型的字段，请先设置 ${tagFirst}。`),
  overrideEmpty: ({ override }) => zh`"${override}" 没有设置任何内容：请写出字段和值，例如 epochs=3。`,
  entryUnknown: ({ at, list, entries }) =>
    entries === 0
      ? zh`无法设置 ${at}：${list} 是空的。请把 ${list} 本身设为至少有一项的列表。`
      : zh`无法设置 ${at}：${list} 只有 ${list}.0 到 ${list}.${entries - 1} 这些项。`,
  fieldsMissing: ({ at, owner }) =>
    zh`无法设置 ${at}：${place(owner)} 没有字段。请直接设置 ${place(owner)}。`,
  overrideTooDeep: ({ names, most }) =>
    zh`训练配置的字段最多由 ${most} 个以点分隔的名称组成，而不是 ${names} 个：请写成例如 optimizer.lr=0.01。`,
  specTooDeep: ({ most }) =>
    zh`训练配置中对象和列表的嵌套超过了上限 ${most} 层：请把残差块依次排列，而不要互相嵌套。`,
  specTooManyValues: ({ most }) => zh`训练配置中的值超过了上限 ${most} 个：请去掉重复的内容。`,
  specTextTooLong: ({ most }) => zh`训练配置中的名称和文本共超过了上限 ${most} 个字符：请缩短它们。`,
  microbatchTooLarge: ({ microbatch, batch }) =>
    zh`微批 microbatch 为 ${microbatch}，而批量 batch 为 ${batch}：每一步被切分成若干微批，因此 microbatch 必须是 1 到 ${batch} 的整数。`,
  quorumNeedsChecks: ({ quorum, usual }) =>
    zh`trust.quorum（多方一致）为 ${quorum}，但 trust.spotCheck（抽查）为 0：互相串通的节点可以一致给出错误的答案，而且永远不会被发现。请把 trust.spotCheck 设为大于 0 的值，例如 ${usual}。`,
  trimNeedsFast: () =>
    '截尾数 trust.trim 大于 0，但数值模式 numerics 为 "exact"（精确）：此模式下每个答案都可以逐位比对，请改用 trust.spotCheck（抽查）或 trust.quorum（多方一致）。',
  codingNeedsLocalSteps: ({ coding }) =>
    zh`上行编码 coding.up 为 "${coding}"，但 steps.type 为 "synchronous"（同步）：单个微批的梯度用这么少的位数会失真，请改用 "int8" 或 "f32"，或改用步规则 "localSteps"（本地步）。`,
  codingTooManyMicrobatches: ({ microbatches, most }) =>
    zh`上行编码 coding.up 为 "int8"，但每步有 ${microbatches} 个微批：最多 ${most} 个的和能放进 8 位，请增大微批 microbatch 或减小批量 batch。`,
  roundsHideLies: ({ field }) =>
    zh`步规则 steps.type 为 "localSteps"（本地步），数值模式 numerics 为 "fast"（快速），而答案还要互相比对（trust.${field}）：一回合本地步之后，不同引擎的正确答案相差太大，无法与错误答案区分。请改用 numerics "exact"（精确），或既不抽查也不要求多方一致（trust.spotCheck 为 0，trust.quorum 为 1）。`,
  trimTooLarge: ({ trim, microbatches }) =>
    zh`截尾数 trust.trim 为 ${trim}，但每步只有 ${microbatches} 个微批：至少需要 2 · trim + 1 个，请增大批量 batch 或减小微批 microbatch。`,
  trimAboveReplicas: ({ trim, replicas }) =>
    zh`截尾数 trust.trim 为 ${trim}，但每步只有 ${replicas} 个副本：至少需要 2 · trim + 1 个，请增大副本数 steps.replicas 或减小 trust.trim。`,
  tableHasNoValidation: ({ metric }) =>
    zh`早停指标 earlyStopping.metric 为 ${metricName(metric)}，但真值表没有验证集：请改用 "trainErrors"（训练错误数）或 "trainLoss"（训练损失）。`,
  nothingCounted: ({ metric }) =>
    zh`早停指标 earlyStopping.metric 为 ${metricName(metric)}，但要预测的是数值，没有对错之分：请改用 "validationLoss"（验证损失）或 "trainLoss"（训练损失）。`,
  nothingHeldOut: ({ metric, usual }) =>
    zh`早停指标 earlyStopping.metric 为 ${metricName(metric)}，但 data.validation 为 0：请留出一些验证样本，例如 data.validation=${usual}，或改用 "trainLoss"（训练损失）。`,
  layersEmpty: () => '层列表 model.layers 是空的：至少要写一层，例如 {"type": "dense", "units": 10}。',
  initialUnnamed: () =>
    'initial 没有指明起始模型：请用 --initial 指定一次训练或一个 safetensors 文件，或在 initial.from 中写出此文件夹中某次训练的名称。',
  initialLayersTooMany: ({ layers, entries }) =>
    zh`起始层数 initial.layers 为 ${layers}，但 model.layers 只有 ${entries} 项：请最多取 ${entries} 层，或写 null 取全部。`,
  initialLayersEmpty: ({ layers }) =>
    zh`起始层数 initial.layers 为 ${layers}，但前 ${layers} 层没有参数可取：请多取几层。`,
  initialFreezesAll: ({ layers, entries }) =>
    zh`冻结 initial.frozen 之后没有可训练的参数：${layers === null ? zh`全部 ${entries} 层` : zh`前 ${layers} 层`}包含了模型的所有参数。请用 initial.layers（--initial-layers）少取几层，或不要冻结。`,
  inputAxes: ({ input }) =>
    zh`输入形状 model.input 必须是 [features]（特征数）或 [channels, height, width]（通道、高、宽），而不是 ${shapeText(input)}。`,
  augmentNeedsImages: () =>
    '数据增强 data.augment 会移动像素，但输入形状 model.input 只有一个维度：请写成 [channels, height, width]（通道、高、宽），并以展平层 flatten 开头。',
  presetUnknown: ({ name, ...names }) =>
    zh`没有名为 ${JSON.stringify(name)} 的预设：${namesInChinese(names)}命令 \`shoal presets\` 会列出全部预设。`,
  presetInvalid: ({ value }) =>
    zh`预设 preset 必须是预设的名称，而不是 ${value}：命令 \`shoal presets\` 会列出全部预设。`,
  inputMisfit: ({ input, dataSet, shape }) =>
    zh`输入形状 model.input 为 ${shapeText(input)}，但 ${dataSet} 的样本形状为 ${shapeText(shape)}：请设置 model.input=${JSON.stringify(shape)}。`,
  tooFewOutputs: ({ outputs, dataSet, classes }) =>
    zh`模型只有 ${outputs} 个输出，但 ${dataSet} 有 ${classes} 个类别：请把最后一个全连接层 dense 的单元数 units 设为 ${classes}。`,
  lossMisfit: ({ loss, dataSet, wanted }) =>
    wanted === 'squared_error'
      ? zh`损失函数 ${loss} 用于分类，而 ${dataSet} 的标签是数值：请把模型的损失函数设为 ${wanted}，并把最后一个全连接层的 units 设为 1。`
      : zh`损失函数 ${loss} 用于数值，而 ${dataSet} 的标签是类别：请把模型的损失函数设为 ${wanted}。`,
  roundTooLarge: ({ replicas, localSteps, batch, needed, samples }) =>
    zh`每一步需要 steps.replicas × steps.localSteps × batch = ${replicas} × ${localSteps} × ${batch} = ${needed} 个样本，但训练样本只有 ${samples} 个，而一步不能超过一轮：请把三者之一改小。`,
  validationTooLarge: ({ validation, dataSet, samples }) =>
    zh`验证样本数 data.validation 为 ${validation}，但 ${dataSet} 的训练集只有 ${samples} 个样本，且至少要留一个用于训练。请把 data.validation 设为不超过 ${Math.max(0, samples - 1)}。`,
  limitTooLarge: ({ limit, dataSet, remaining, validation }) =>
    zh`训练样本上限 data.limit 为 ${limit}，但 ${dataSet} 除去留出的 ${validation} 个验证样本后只有 ${remaining} 个训练样本。请把 data.limit 设为 1 到 ${remaining}，或设为 null 以使用全部样本。`,
};
