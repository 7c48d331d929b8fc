/** What a coordinator tells of itself, in Chinese. */

import type { DataSourceName } from '../../data/sources.ts';
import type { ServiceFact } from '../../facts/serviceFacts.ts';
import { shapeText } from '../../nn/shapeText.ts';
import type { Wording } from '../wording.ts';
import { zh } from './zh.ts';

const WHY = {
  noDownload: '下载已关闭',
  downloadFailed: '下载没有成功',
  unreadable: '下载后无法读取',
} as const;

const ROLES: Readonly<Record<string, string>> = { operator: '管理员', viewer: '观看者', worker: '志愿者' };

const KINDS: { readonly [S in DataSourceName]: string } = {
  mnist: 'MNIST 手写数字',
  idx: 'IDX 文件',
  pictures: '按类别分文件夹的图片',
  numpy: 'NumPy 数组',
  cifar: 'CIFAR 文件',
  tabular: '表格',
  digits: '内置手写数字',
  table: '真值表',
};

export const SERVICE_CHINESE: Wording<ServiceFact> = {
  listensOnIpv4Only: () =>
    '这台机器只有 IPv6 地址，而协调器在 IPv4 上监听：请以 --host :: 启动，别人才能访问。',
  originsUntold: ({ origins }) => zh`已拒绝来自 ${origins} 个以上来源的页面，之后的不再列出。`,
  pageFailed: ({ card, role, problem, at, more }) =>
    zh`页面（${ROLES[role] ?? role}）的“${card}”部分出错：${problem}${at === null ? '' : zh`，位置 ${at}`}。${more === 0 ? '' : zh`（另有 ${more} 条没有记下）`}`,
  clusterLed: ({ term }) => zh`从现在起由这个协调器主持（任期 ${term}）。`,
  clusterLeft: ({ leader }) =>
    leader === null
      ? '其他协调器已开始主持；这个协调器放弃手中的训练，转为待命。'
      : zh`位于 ${leader} 的协调器已开始主持；这个协调器放弃手中的训练，转为待命。`,
  clusterAway: () => '集群没有应答：需要保存的内容暂时等待。只要能确认没有其他协调器主持，训练就继续。',
  clusterBack: () => '集群恢复应答。',
  clusterForgetful: ({ version }) =>
    `集群的服务器是 NATS ${version}。2.10.23 之前的版本，如果几台服务器在几秒之内先后被强制终止，可能丢失已经保存的内容：请逐台重启，或换用更新的版本。`,
  clusterRunStuck: ({ runId, problem }) =>
    zh`这个协调器无法继续训练 ${runId}，留给其他协调器（${problem}）。`,
  socketsFull: ({ most }) => zh`已有 ${most} 个网络连接，达到上限 socketsMax。`,
  mnistLookedFor: ({ folders }) => zh`在以下文件夹中寻找过 MNIST：${folders.join('、')}。`,
  digitsInstead: ({ why }) =>
    zh`没有找到 MNIST，${WHY[why]}：改用由程序绘制的内置手写数字。要用真正的 MNIST 训练，请用 --data DIR 指定它的四个文件所在的文件夹。`,
  dataTaken: ({ place, source, train, validation, test, shape, classes, label }) =>
    zh`已将 ${place} 作为${KINDS[source]}读取：训练样本 ${train} 个，形状 ${shapeText(shape)}，${validation === 0 ? '' : zh`验证样本 ${validation} 个，`}测试样本 ${test} 个，${label === null ? zh`共 ${classes} 个类别` : zh`要预测的数是 ${label}`}。`,
  dataUnusable: () =>
    '找不到可用的数据集，或其中的文件无法使用。请用 --data DIR 指定存放数据的文件夹、压缩包或文件；协调器的日志写明了原因。',
  downloadNoted: () => '下载 MNIST 时遇到了问题，协调器的日志写明了详情。',
  moreLikeThis: ({ more }) => zh`（同类的另有 ${more} 条）`,
  terminalClosed: () => '启动协调器的终端已关闭（SIGHUP），工作照常进行。',
  outputLost: ({ code, readerIsGone }) =>
    readerIsGone
      ? zh`协调器的输出已无人读取（${code}），工作照常进行。`
      : zh`协调器的输出无法再写入（${code}），因此并不完整；工作照常进行。`,
  dataNoted: () => '数据集与通常的有所不同，协调器的日志写明了详情；训练照常进行。',
};
