/** What the scenes of single neurons say. */
import { textsIn } from '../../shared/language.ts';
import { subscript } from '../subscript.ts';

const en = {
  scenes: {
    neuron: {
      title: 'The M-P neuron',
      sentence:
        'Inputs are weighted and added; if the sum reaches the threshold θ, the neuron fires: 1, else 0.',
    },
    activations: {
      title: 'Activation functions',
      sentence:
        'What follows the weighted sum bends the line. Its derivative is what learning will be multiplied by.',
    },
    approximation: {
      title: 'Any curve from simple ones',
      sentence:
        'Each neuron adds one bend or one step. With enough of them their sum comes as near to a curve as you like.',
    },
    perceptron: {
      title: 'A perceptron learns',
      sentence:
        'One sample at a time: if the answer is wrong, its input is added to the weights or taken away, and the line moves.',
    },
    xor: {
      title: 'XOR: no line will do',
      sentence:
        'The same rule on XOR. However the line lies, a point stays on the wrong side, and the learning never ends.',
    },
  },
  input: (i: number) => `Input x${subscript(i)}`,
  weight: (i: number) => `Weight ω${subscript(i)}`,
  threshold: 'Threshold θ',
  gates: 'Gate',
  gateNames: { and: 'AND', or: 'OR', not: 'NOT', free: 'your own' },
  source: 'Weights',
  sources: { given: 'as on the slide', learned: 'as learned' },
  wanted: 'wanted',
  answer: 'answer',
  rightRows: (right: number, all: number) => `${right} of ${all} right`,
  fires: 'fires: 1',
  silent: 'stays silent: 0',
  neuronLabel: (sum: string, answer: number) =>
    `The weighted sum less the threshold is ${sum}; the answer is ${answer}.`,
  stepLabel: 'The step: 0 below the threshold, 1 from it on.',
  function: 'Function',
  functions: {
    step: 'step',
    sigmoid: 'sigmoid',
    tanh: 'tanh',
    relu: 'ReLU',
    leaky_relu: 'leaky ReLU',
    prelu: 'PReLU',
    gelu: 'GELU',
  },
  slope: 'Slope α below 0',
  curve: 'f(z)',
  derivative: 'f′(z)',
  curveLabel: (name: string, z: string, value: string, slope: string) =>
    `${name}: at z = ${z} it is ${value}, and its derivative ${slope}.`,
  steepest: (value: string) => `steepest: f′ = ${value}`,
  targets: 'Curve',
  targetNames: { wave: 'wave', hill: 'hill', stairs: 'stairs', drawn: 'drawn' },
  kind: 'Neurons',
  kinds: { relu: 'ReLU', sigmoid: 'sigmoid' },
  count: 'How many',
  error: (value: string) => `largest error ${value}`,
  target: 'the curve',
  sum: 'the sum',
  approximationLabel: (count: number, error: string) =>
    `A sum of ${count} neurons comes as near to the curve as ${error}. Draw another curve by pressing on it.`,
  drawHint: 'Press and draw another curve.',
  table: 'Table',
  sample: (x: string, wanted: number) => `Sample (${x}), wanted ${wanted}: `,
  wrongHigh: (sum: string) => `the sum ${sum} ≥ 0 says 1. Too high: the input is taken away.`,
  wrongLow: (sum: string) => `the sum ${sum} < 0 says 0. Too low: the input is added.`,
  rightAnswer: (sum: string, answer: number) =>
    `the sum ${sum} says ${answer}, which is right: nothing moves.`,
  begin: 'All weights are 0. Press N for the first sample.',
  planeLabel: (right: number, all: number) =>
    `The plane of the inputs with the line: ${right} of ${all} points are on their side.`,
  stillWrong: (count: number) => `${count} of 4 points on the wrong side`,
  allRight: 'all points on their side',
  pass: (epoch: number) => `pass ${epoch}`,
  never: 'Whoever draws the line so that (0,1) and (1,0) lie above it has (0,0) or (1,1) there as well.',
};

const zh: typeof en = {
  scenes: {
    neuron: {
      title: 'M-P 神经元',
      sentence: '输入乘以权重后相加；总和达到阈值 θ，神经元就兴奋，输出 1，否则输出 0。',
    },
    activations: {
      title: '激活函数',
      sentence: '加权和之后的函数使直线弯曲。学习时要乘的正是它的导数。',
    },
    approximation: {
      title: '由简单函数组成任意曲线',
      sentence: '每个神经元添一个折点或一级台阶。神经元足够多时，它们的和可以任意接近一条曲线。',
    },
    perceptron: {
      title: '感知机在学习',
      sentence: '一次一个样本：答错时，把输入加到权重上或从权重中减去，直线随之移动。',
    },
    xor: {
      title: '异或：一条直线不够',
      sentence: '用同样的规则学习异或。直线无论怎样放，总有点在错误的一侧，学习永远不会结束。',
    },
  },
  input: (i) => `输入 x${subscript(i)}`,
  weight: (i) => `权重 ω${subscript(i)}`,
  threshold: '阈值 θ',
  gates: '逻辑门',
  gateNames: { and: '与', or: '或', not: '非', free: '自定' },
  source: '权重',
  sources: { given: '幻灯片上的', learned: '学到的' },
  wanted: '期望',
  answer: '回答',
  rightRows: (right, all) => `${all} 行中对 ${right} 行`,
  fires: '兴奋：1',
  silent: '抑制：0',
  neuronLabel: (sum, answer) => `加权和减去阈值为 ${sum}，回答是 ${answer}。`,
  stepLabel: '阶跃：阈值以下为 0，达到阈值为 1。',
  function: '函数',
  functions: {
    step: '阶跃',
    sigmoid: 'S 形 sigmoid',
    tanh: '双曲正切',
    relu: '修正线性 ReLU',
    leaky_relu: '带泄漏的 ReLU',
    prelu: '参数化 ReLU',
    gelu: '高斯误差 GELU',
  },
  slope: '0 以下的斜率 α',
  curve: '函数 f(z)',
  derivative: '导数 f′(z)',
  curveLabel: (name, z, value, slope) => `${name}：在 z = ${z} 处取值 ${value}，导数 ${slope}。`,
  steepest: (value) => `最陡处 f′ = ${value}`,
  targets: '曲线',
  targetNames: { wave: '波浪', hill: '山丘', stairs: '台阶', drawn: '手绘' },
  kind: '神经元',
  kinds: { relu: '修正线性 ReLU', sigmoid: 'S 形 sigmoid' },
  count: '个数',
  error: (value) => `最大误差 ${value}`,
  target: '曲线',
  sum: '总和',
  approximationLabel: (count, error) =>
    `${count} 个神经元之和与曲线最多相差 ${error}。在图上按住可画另一条曲线。`,
  drawHint: '按住并画另一条曲线。',
  table: '真值表',
  sample: (x, wanted) => `样本 (${x})，期望 ${wanted}：`,
  wrongHigh: (sum) => `总和 ${sum} ≥ 0，回答 1。偏高：减去输入。`,
  wrongLow: (sum) => `总和 ${sum} < 0，回答 0。偏低：加上输入。`,
  rightAnswer: (sum, answer) => `总和 ${sum}，回答 ${answer}，正确：什么也不动。`,
  begin: '所有权重都是 0。按 N 看第一个样本。',
  planeLabel: (right, all) => `输入平面与直线：${all} 个点中有 ${right} 个在正确的一侧。`,
  stillWrong: (count) => `4 个点中有 ${count} 个在错误的一侧`,
  allRight: '所有的点都在正确的一侧',
  pass: (epoch) => `第 ${epoch} 轮`,
  never: '只要直线把 (0,1) 和 (1,0) 放在上方，(0,0) 或 (1,1) 也会在上方。',
};

export const neuronTexts = (): typeof en => textsIn({ en, zh });
