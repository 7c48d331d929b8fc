/** What the scenes of networks say. */
import { textsIn } from '../../shared/language.ts';
import { subscript } from '../subscript.ts';

const en = {
  titles: {
    multilayer: 'A hidden layer solves XOR',
    functions: 'A network is a set of functions',
    digits: 'Reading digits',
    softmax: 'Softmax: from scores to probabilities',
  },
  inputs: 'Input',
  diagramLabel: (values: string) => `The network; from left to right its neurons are at ${values}.`,
  planeLabel: (right: number, all: number) =>
    `What the network says in the plane: ${right} of ${all} points are right.`,
  right: (right: number, all: number) => `${right} of ${all} points right`,
  lossNow: (loss: string) => `loss ${loss}`,
  lines: 'Dashed: the lines of the hidden neurons. Thick: the boundary of the network.',
  another: 'Other weights',
  hidden: 'Hidden neurons',
  functionNumber: (n: number) => `function no. ${n} of infinitely many`,
  functionLabel: 'The function that these weights pick: blue where the answer is 1, orange where it is 0.',
  spread: 'Size of the weights',
  padLabel: 'Field to draw a digit on.',
  clear: 'Clear',
  next: 'Another test digit',
  said: (digit: number, part: string) => `I read ${digit} (${part})`,
  truth: (digit: number) => `, it is a ${digit}`,
  drawHere: 'Draw a digit here, or press T.',
  accuracy: (percent: string) => `reads ${percent} of the test digits`,
  layers: { input: '784 pixels', hidden: '32 hidden neurons', output: '10 digits' },
  digitsLabel: (said: string) => `The network with its pixels, hidden neurons and ten outputs. ${said}`,
  logit: (i: number) => `Score z${subscript(i)}`,
  softmaxLabel: (parts: string) => `The probabilities ${parts}, which add up to 1.`,
  powers: 'e to the z',
  probability: 'probability',
  addUp: 'Together: 1',
};

const zh: typeof en = {
  titles: {
    multilayer: '一个隐藏层解决异或',
    functions: '网络是一个函数集',
    digits: '识别手写数字',
    softmax: 'Softmax：从得分到概率',
  },
  inputs: '输入',
  diagramLabel: (values) => `网络；从左到右各神经元的值为 ${values}。`,
  planeLabel: (right, all) => `网络在平面上的回答：${all} 个点中对 ${right} 个。`,
  right: (right, all) => `${all} 个点中对 ${right} 个`,
  lossNow: (loss) => `损失 ${loss}`,
  lines: '虚线：各隐藏神经元的直线。粗线：网络的分界线。',
  another: '换一组权重',
  hidden: '隐藏神经元',
  functionNumber: (n) => `无穷多个函数中的第 ${n} 个`,
  functionLabel: '这组权重挑选的函数：蓝色处回答 1，橙色处回答 0。',
  spread: '权重的大小',
  padLabel: '画数字的区域。',
  clear: '清除',
  next: '另取一个测试数字',
  said: (digit, part) => `我读作 ${digit}（${part}）`,
  truth: (digit) => `，实际是 ${digit}`,
  drawHere: '在这里画一个数字，或按 T。',
  accuracy: (percent) => `测试数字中读对 ${percent}`,
  layers: { input: '784 个像素', hidden: '32 个隐藏神经元', output: '10 个数字' },
  digitsLabel: (said) => `网络：像素、隐藏神经元和十个输出。${said}`,
  logit: (i) => `得分 z${subscript(i)}`,
  softmaxLabel: (parts) => `概率为 ${parts}，合计 1。`,
  powers: 'e 的 z 次幂',
  probability: '概率',
  addUp: '合计：1',
};

export const networkTexts = (): typeof en => textsIn({ en, zh });
