/** What each preset shows, in Chinese, by its name. The English sentence is the spec's own `about`. */

export const PRESETS_CHINESE: Readonly<Record<string, string>> = {
  neuron:
    '权重给定的 McCulloch-Pitts 神经元计算“与”（AND）：输入的加权和达到阈值时它就激活，不需要任何学习。',
  'perceptron-and': '感知机从四个样本学会“与”（AND），不再出错时训练结束。',
  'perceptron-or': '同一个感知机学会“或”（OR）：变的只是样本。',
  'perceptron-not': '只有一个输入时，它学会“非”（NOT）：权重变为负数。',
  'perceptron-xor': '单个感知机学不会“异或”（XOR），因为没有一条直线能把两类分开：错误永远不会消失。',
  'mlp-xor': '一个有八个神经元的隐藏层，就能学会单个感知机学不会的“异或”（XOR）。',
  'mnist-softmax': '十个神经元加一个 softmax，100 个数字约能认对 92 个：这就是一层所能达到的程度。',
  'mnist-mlp': '两个各有 512 个神经元的隐藏层，100 个数字能认对 98 个以上。',
  'mnist-cnn':
    '卷积在各处寻找相同的笔画：参数只有二十分之一，100 个数字却能认对 99 个以上；训练时数字会略作平移、旋转和缩放。',
  'mnist-best':
    '把有用的办法都用上：六个带批归一化（batch norm）的卷积层，加上随机失活（dropout）和权重衰减，图像每一轮都重新变形，用动量法训练，学习率逐渐降到几乎为零。',
  'mnist-square-error':
    '在 softmax 输出上用平方误差代替 mnist-sgd 的交叉熵，其余都相同：当输出自信地出错时，它的梯度很小，所以学得更慢。',
  'mnist-deep-sigmoid': '八个 sigmoid 隐藏层什么也学不到：梯度在反向传播中逐层缩小，到达第一层之前就消失了。',
  'mnist-deep-relu': '同样八层，换成线性整流单元 relu 就能学习：神经元激活时，梯度毫无衰减地通过。',
  'mnist-prelu': '同样八层，线性整流单元在零以下的斜率也是学出来的（prelu），这样没有神经元会永远沉默。',
  'mnist-lr-too-small': '学习率小了一千倍：结束时损失仍在下降，而且还要下降很久很久。',
  'mnist-lr-too-large': '学习率大了一百倍：每一步都迈过了头，最后的损失并不比随机猜测好。',
  'mnist-inverse-sqrt': '学习率按 1/√(t+1) 下降：开始时步子大，接近极小值时步子小。',
  'mnist-sgd': '最基本的随机梯度下降（SGD）：每一步都沿着一个批量的梯度下降。',
  'mnist-momentum': '动量（momentum）保留上一次移动的十分之九，借着惯性越过平坦地带。',
  'mnist-adagrad': 'Adagrad 把每个权重的学习率除以它至今所有梯度平方和的平方根：学习率只会越来越小。',
  'mnist-rmsprop': 'RMSprop 会遗忘旧的梯度平方，所以学习率不会衰减殆尽。',
  'mnist-adam': 'Adam 是带动量的 RMSprop，并对两者从零开始的偏差作了修正。',
  'mnist-overfit': '一千个样本被死记硬背：训练错误一个不剩，验证损失却转而上升。',
  'mnist-early-stopping': '早停（early stopping）让同样的训练在验证损失转而上升之处结束，并交付最佳的一轮。',
  'mnist-dropout': '随机失活（dropout）在每一步随机关闭一半隐藏神经元，使它们无法彼此依赖。',
  'mnist-weight-decay':
    '权重衰减（weight decay）把每个权重拉向零，只有值得的权重才保持较大：验证损失不再攀升。',
  'mnist-augmented': '同样一千个样本，每一轮都重新平移、旋转和缩放：这是不花钱的数据。',
  'mnist-5000-samples': '五千个样本，介于一千个和全部之间：训练集以外的错误变少了。',
  'mnist-more-data': '最好的办法是更多数据：同样的网络，用全部 55,000 个训练样本训练。',
  'mnist-cnn-slow-line':
    '把 mnist-cnn 的网络分 33 个回合训练：八个副本各自先走 200 步，才传输一次变化，所以网速慢的志愿者也能出力，而 100 个数字仍能认对 99 个以上。',
  'mnist-mlp-slow-line':
    '同样训练 mnist-mlp 的网络，它原本每一步都要传输 2.7 MB：十七个回合之后，100 个数字能认对 98 个以上。',
  'fashion-mnist': '用 mnist-cnn 的网络识别服装图片，比数字更难区分。',
  'cifar10-residual': '十类事物的彩色小照片：带批归一化的残差网络，训练图片会略作平移。',
  houses: '预测的是数值而不是类别：根据面积、房龄和城市，用平方误差预测四百套虚构房屋的租金。',
};
