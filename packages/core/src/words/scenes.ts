/**
 * What each scene of the lecture shows, in both languages. It stands here since it is told of a run that was opened from the scene,
 * to readers of either language, wherever they are.
 */
import type { Language } from './wording.ts';

export const SCENE_SENTENCES = {
  neuron: {
    en: 'Inputs are weighted and added; if the sum reaches the threshold θ, the neuron fires: 1, else 0.',
    zh: '输入乘以权重后相加；总和达到阈值 θ，神经元就兴奋，输出 1，否则输出 0。',
  },
  activations: {
    en: 'What follows the weighted sum bends the line. Its derivative is what learning will be multiplied by.',
    zh: '加权和之后的函数使直线弯曲。学习时要乘的正是它的导数。',
  },
  approximation: {
    en: 'Each neuron adds one bend or one step. With enough of them their sum comes as near to a curve as you like.',
    zh: '每个神经元添一个折点或一级台阶。神经元足够多时，它们的和可以任意接近一条曲线。',
  },
  perceptron: {
    en: 'One sample at a time: if the answer is wrong, its input is added to the weights or taken away, and the line moves.',
    zh: '一次一个样本：答错时，把输入加到权重上或从权重中减去，直线随之移动。',
  },
  xor: {
    en: 'The same rule on XOR. However the line lies, a point stays on the wrong side, and the learning never ends.',
    zh: '用同样的规则学习异或。直线无论怎样放，总有点在错误的一侧，学习永远不会结束。',
  },
  multilayer: {
    en: 'Each hidden neuron draws a line of its own; the last neuron puts them together to a boundary that bends.',
    zh: '每个隐藏神经元各画一条直线；最后的神经元把它们合成弯折的分界线。',
  },
  functions: {
    en: 'The structure says which functions there are; weights and biases pick one of them. Learning is picking.',
    zh: '结构规定有哪些函数，权重和偏置从中挑选一个。学习就是挑选。',
  },
  digits: {
    en: '784 pixels go in, ten numbers come out, one for each digit. Draw one, or take one of the test set.',
    zh: '输入 784 个像素，输出十个数，每个数字一个。画一个数字，或从测试集中取一个。',
  },
  softmax: {
    en: 'Powers of e make every score positive and the largest stand out; divided by their sum they add up to 1.',
    zh: 'e 的幂使每个得分都为正，并突出最大的；除以总和后，加起来等于 1。',
  },
  'training-data': {
    en: 'Examples with answers: each picture has a label that says which digit it is. Nobody writes down a rule.',
    zh: '带答案的例子：每张图片都有标签，说明是哪个数字。没有人写规则。',
  },
  'total-loss': {
    en: 'Each sample has a loss of its own, large where the answer is wrong. Their sum is what training makes small.',
    zh: '每个样本都有自己的损失，答错时就大。训练要减小的是它们的和。',
  },
  descent: {
    en: 'Go against the slope, step by step. Where one ends depends on where one began: press on the map.',
    zh: '逆着坡度一步步走。终点取决于起点：在图上点一处试试。',
  },
  backpropagation: {
    en: 'Move a weight by a little Δw and see how much the loss moves. Backpropagation gives the same for all weights at once.',
    zh: '把一个权重移动一点 Δw，看损失变化多少。反向传播一次就给出所有权重的这个结果。',
  },
  vanishing: {
    en: 'Eight hidden layers. On its way back the gradient is multiplied by σ′ ≤ 1/4 at each; little is left for the first layers.',
    zh: '八个隐藏层。梯度往回传时每层都要乘以 σ′ ≤ 1/4，留给前几层的所剩无几。',
  },
  rectifiers: {
    en: 'A rectifier lets the gradient pass whole where it is active. PReLU learns its slope α below 0, one for each layer.',
    zh: '整流器激活时让梯度完整通过。PReLU 学习 0 以下的斜率 α，每层一个。',
  },
  'cross-entropy': {
    en: 'The same neuron over its two weights. Far from the goal the square error is flat, and nothing pulls; the cross-entropy is steep.',
    zh: '同一个神经元在两个权重上的曲面。离目标远时平方误差平坦，拉不动；交叉熵陡峭。',
  },
  rates: {
    en: 'Too small never arrives, too large flies off. A rate that falls as 1/√(t+1) begins boldly and ends gently.',
    zh: '太小走不到，太大飞出去。按 1/√(t+1) 减小的学习率开头大胆，结尾温和。',
  },
  adaptive: {
    en: 'A valley steep across and flat along. Adagrad, RMSProp and Adam divide by the size of past gradients, weight by weight.',
    zh: '山谷横向陡、纵向平。Adagrad、RMSProp 和 Adam 按各权重以往梯度的大小来除。',
  },
  momentum: {
    en: 'A ball keeps some of its speed. It rolls through the hollow in which plain descent stays.',
    zh: '球保留一部分速度，能滚过普通梯度下降停住的小坑。',
  },
  optimizers: {
    en: 'The same network, the same digits, the same batches. Only the rule of the update differs.',
    zh: '同样的网络、同样的数字、同样的批次，只有更新规则不同。',
  },
  slice: {
    en: 'A plane through the space of all weights of a real network, and the ways that its training took.',
    zh: '在真实网络全部权重的空间中取一个平面，并画出训练走过的路。',
  },
  dropout: {
    en: 'In each mini-batch neurons are left out at random: another, thinner network. In testing all take part, their weights times (1 − p).',
    zh: '每个小批量随机去掉一些神经元，得到另一个更稀疏的网络。测试时全部参加，权重乘以 (1 − p)。',
  },
  decay: {
    en: 'A term λ∑w² pulls every weight towards 0. Only weights that pay for themselves stay large.',
    zh: '附加项 λ∑w² 把每个权重拉向 0，只有值得的权重才会保持很大。',
  },
  overfitting: {
    en: 'Learned by heart: the loss on the training samples goes to nothing, while on samples that were never seen it rises again.',
    zh: '背了下来：训练样本的损失趋于零，没见过的样本的损失却又升高。',
  },
  'early-stopping': {
    en: 'Watch the loss on samples that are held out, stop when it no longer falls, and keep the best weights.',
    zh: '留意预留样本上的损失，不再下降就停，保留最好的权重。',
  },
  'more-data': {
    en: 'The same network and the same number of steps, on 1,000, 5,000 and 15,000 samples. Nothing helps as much.',
    zh: '同样的网络、同样的步数，分别用 1,000、5,000 和 15,000 个样本。没有什么比这更有用。',
  },
  pretraining: {
    en: 'A deep network of sigmoids learns nothing at once. Trained one hidden layer after another, each from what is there, it does.',
    zh: '很深的 sigmoid 网络一次训练什么也学不到。逐个隐藏层地训练，每次从已有的权重开始，就学得会。',
  },
  residual: {
    en: 'Each block adds something to its input, so that the gradient has a way around every layer. Depth stops hurting.',
    zh: '每个模块在输入上加一点东西，梯度便有一条绕过各层的路。深度不再有害。',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<Language, string>>>>;
