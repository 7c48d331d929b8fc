/**
 * What the names that a run spec is written in are called in Chinese, as lectures call them. Where students will meet
 * the name itself, it stands beside its term: 学习率 optimizer.lr.
 */

import type { DataSourceName, Ordering, TableName } from '../../data/sources.ts';
import type { Numerics } from '../../engine/engine.ts';
import type { InitializerSpec, LayerType, LossName } from '../../nn/layers.ts';
import type { OptimizerSpec, ScheduleSpec } from '../../optim/specs.ts';
import type { OuterSpec, StepsSpec } from '../../spec/runSpec.ts';
import { METRICS } from './metrics.ts';

type Terms<Name extends string> = { readonly [N in Name]: string };

const layer: Terms<LayerType> = {
  dense: '全连接层',
  conv2d: '二维卷积层',
  max_pool2d: '最大池化层',
  avg_pool2d: '平均池化层',
  global_avg_pool2d: '全局平均池化层',
  flatten: '展平层',
  dropout: '随机失活',
  batch_norm: '批归一化',
  layer_norm: '层归一化',
  residual: '残差块',
  relu: '线性整流单元',
  leaky_relu: '带泄漏线性整流单元',
  prelu: '参数化线性整流单元',
  gelu: '高斯误差线性单元',
  sigmoid: 'S 型函数',
  tanh: '双曲正切函数',
  softmax: '归一化指数函数',
  step: '阶跃函数',
};

const loss: Terms<LossName> = {
  cross_entropy: '交叉熵',
  mse: '均方误差',
  squared_error: '平方误差（回归）',
  perceptron: '感知机准则',
};

const optimizer: Terms<OptimizerSpec['type']> = {
  sgd: '随机梯度下降',
  momentum: '动量法',
  nesterov: 'Nesterov 加速梯度',
  adagrad: '自适应梯度',
  rmsprop: '均方根传播',
  adam: '自适应矩估计',
  adamw: '权重衰减解耦的自适应矩估计',
};

const stepRule: Terms<StepsSpec['type']> = { synchronous: '同步', localSteps: '本地步' };

const outer: Terms<OuterSpec['type']> = {
  average: '平均',
  momentum: '动量法',
  nesterov: 'Nesterov 加速梯度',
};

const schedule: Terms<ScheduleSpec['type']> = {
  constant: '恒定',
  step: '阶梯衰减',
  exponential: '指数衰减',
  inverse_sqrt: '平方根倒数衰减',
  cosine: '余弦退火',
};

const initializer: Terms<InitializerSpec['type']> = {
  zeros: '全零初始化',
  uniform: '均匀分布',
  glorot: 'Glorot（Xavier）初始化',
  he: 'He（Kaiming）初始化',
};

const numerics: Terms<Numerics> = { exact: '精确', fast: '快速' };

const source: Terms<DataSourceName> = {
  mnist: 'MNIST 手写数字',
  idx: 'IDX 文件夹',
  pictures: '图片文件夹',
  numpy: 'NumPy 数组',
  cifar: 'CIFAR 二进制文件',
  tabular: '表格（CSV、TSV、Parquet）',
  digits: '内置手写数字',
  table: '真值表',
};

const ordering: Terms<Ordering> = { shuffled: '逐个打乱', blocks: '按块打乱' };

const table: Terms<TableName> = { and: '与', or: '或', not: '非', xor: '异或' };

const unit: Terms<'step' | 'epoch'> = { step: '步', epoch: '轮' };

/** By the last part of a field's path, or its last two where that alone does not say it. */
const field = {
  name: '名称',
  about: '说明',
  seed: '随机种子',
  numerics: '数值模式',
  batch: '批量',
  microbatch: '微批',
  epochs: '轮数',
  preset: '预设',
  data: '数据',
  'data.source': '数据来源',
  table: '真值表',
  limit: '训练样本上限',
  from: '数据集名称',
  label: '标签列',
  ignore: '忽略的列',
  'initializer.limit': '初始权重范围',
  validation: '验证样本数',
  order: '样本顺序',
  augment: '数据增强',
  shift: '平移',
  rotate: '旋转',
  scale: '缩放',
  elastic: '弹性形变',
  alpha: '弹性强度',
  sigma: '弹性平滑度',
  model: '模型',
  'model.input': '输入形状',
  loss: '损失函数',
  layers: '层列表',
  shortcut: '捷径',
  optimizer: '优化器',
  'optimizer.type': '优化器类型',
  schedule: '学习率计划',
  'schedule.type': '学习率计划类型',
  type: '类型',
  lr: '学习率',
  momentum: '动量',
  decay: '衰减率',
  weightDecay: '权重衰减',
  warmup: '预热步数',
  every: '衰减间隔',
  gamma: '衰减系数',
  unit: '计数单位',
  'schedule.steps': '总步数',
  steps: '步的方式',
  'steps.type': '步的方式',
  replicas: '副本数',
  localSteps: '本地步数',
  outer: '外层优化器',
  'outer.type': '外层优化器类型',
  coding: '向量编码',
  up: '上行编码',
  down: '下行编码',
  floor: '最低系数',
  clip: '梯度裁剪',
  'clip.value': '逐值裁剪上限',
  'clip.norm': '范数裁剪上限',
  regularization: '正则化',
  l1: 'L1 正则化系数',
  l2: 'L2 正则化系数',
  earlyStopping: '早停',
  'earlyStopping.metric': '早停指标',
  patience: '耐心轮数',
  minimumImprovement: '最小改进量',
  restoreBest: '恢复最佳参数',
  target: '目标值',
  checkpoint: '检查点',
  everySteps: '检查点间隔步数',
  trust: '信任检查',
  initial: '起始模型',
  sha256: '文件的 SHA-256',
  'initial.from': '起始模型的名称',
  'initial.layers': '起始层数',
  frozen: '冻结',
  spotCheck: '抽查比例',
  quorum: '所需一致答案数',
  trim: '截尾数',
  units: '单元数',
  filters: '滤波器数',
  kernel: '卷积核',
  stride: '步幅',
  padding: '填充',
  bias: '偏置',
  biases: '偏置值',
  weights: '权重值',
  initializer: '初始化方法',
  size: '窗口大小',
  rate: '失活率',
  slope: '斜率',
} as const;

const TERMS = {
  layer,
  loss,
  optimizer,
  stepRule,
  outer,
  schedule,
  initializer,
  numerics,
  source,
  ordering,
  table,
  unit,
  metric: METRICS,
  field: field as Terms<keyof typeof field>,
};

export type TermKind = keyof typeof TERMS;

/** The Chinese term alone; null for a name that has none, such as one that somebody made up. */
export function chineseTerm(kind: TermKind, name: string): string | null {
  const terms: Readonly<Record<string, string>> = TERMS[kind];
  return Object.hasOwn(terms, name) ? (terms[name] ?? null) : null;
}

/** `学习率 optimizer.lr`: the field at a dotted path with its term before it, where it has one. */
export function chineseField(path: string): string {
  const parts = path.split('.').filter((part) => !/^\d+$/.test(part));
  const term = chineseTerm('field', parts.slice(-2).join('.')) ?? chineseTerm('field', parts.at(-1) ?? '');
  return term === null ? path : `${term} ${path}`;
}
