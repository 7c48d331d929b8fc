/** Workers that come, go and fail, in Chinese. What is for whoever writes a worker is left to the English sentence. */
import type { DepartureFact, WorkerFact } from '../../facts/workerFacts.ts';
import type { LeaveCode } from '../../protocol/codes.ts';
import { type Wording, worded } from '../wording.ts';
import { CONNECTION_CHINESE } from './connection.ts';
import { RUN_END_CHINESE } from './run.ts';
import { chineseTerm } from './terms.ts';
import { zh } from './zh.ts';

const OLDER = '节点的 Shoal 较旧：请在那里安装与协调器相同的版本；在浏览器里，请重新加载页面。';
const SAME_RELEASE = '请在两边安装相同的 Shoal 版本。';

const LEFT: { readonly [C in LeaveCode]: string } = {
  volunteerPaused: '志愿者暂停了计算。',
  volunteerLeft: '志愿者离开了。',
  threadsChange: '它要改变线程数，随后会回来。',
  toldToStop: '它的进程被要求停止。',
  unable: '它无法计算这次训练。',
};

const FAILURES: { readonly [C in Exclude<Failure, 'engineFailed'>]: string } = {
  unknownVersion: '它没有这个版本的参数。',
  missingSamples: '它没有所需的样本。',
  revoked: '它被要求停止。',
  noRoom: '协调器同时保留的梯度已达上限。',
};

type Failure = Extract<WorkerFact, { readonly type: 'leaseFailed' }>['code'];

const FORBIDDEN = {
  control: '此链接没有这个权限，只有管理员可以这样做。请打开协调器启动时显示的管理链接。',
  data: '此链接只能用于观看，不能读取这次训练的样本。',
  compute: '此链接不能用于参与计算，请使用加入链接。',
  watch: '此链接不能用于观看，请使用观看链接。',
} as const;

const why = (fact: DepartureFact): string => worded({ ...WORKER_CHINESE, ...RUN_END_CHINESE }, fact);

export const WORKER_CHINESE: Wording<WorkerFact> = {
  noRunGoing: () => '目前没有正在进行的训练。',
  standsBy: ({ leader }) =>
    leader === null
      ? '这个协调器处于待命状态，没有其他协调器主持时将接管。'
      : zh`这个协调器处于待命状态；目前由位于 ${leader} 的协调器主持。`,
  coordinatorEnded: () => '协调器已结束。',
  tokenMissing: () => '这次训练需要加入令牌：请使用协调器显示的完整加入链接，或给出 --token。',
  tokenWrong: () => '加入令牌不正确：请使用协调器为这次训练显示的加入链接。',
  tokenExpired: () => '此链接已过期，请索取现在的链接。',
  tokenRevoked: () => '管理员已撤销此链接或凭证。请索取新链接。',
  roleForbids: ({ action }) => FORBIDDEN[action],
  linkNotForGateways: () => '网关需要专用的链接：协调器的页面会向管理员显示它。',
  linkForGateways: () => '此链接只供网关使用；如果要参与计算，请使用加入链接。',
  gatewayAlone: () => '这个网关目前没有协调器；其他地址也许能连到协调器。',
  gatewayEnded: () => '这个网关已结束；其他地址也许仍能连到协调器。',
  bearerUnknown: () => '令牌缺失或不正确。请使用协调器显示的完整链接，包括 # 之后的部分。',
  originRefused: ({ origin }) =>
    origin === null
      ? '没有来源的页面（例如本地文件）不能与协调器通信。'
      : zh`位于 ${origin} 的页面被拒绝，因为协调器不知道这是它自己的地址。如果别人通过这个地址访问协调器（代理可能没有转发 Host 请求头），请以 --public-url ${origin} 加上路径启动；如果要允许另一个网站的页面，请以 --allow-origin ${origin} 启动。`,
  limitReached: ({ limit }) => zh`已达到上限 ${limit}。`,
  otherProtocol: ({ ours, theirs }) =>
    zh`协调器使用协议版本 ${ours}，节点使用 ${theirs.join('、')}。${theirs.every((version) => version < ours) ? OLDER : SAME_RELEASE}`,
  otherKernels: ({ ours, theirs }) =>
    zh`这次训练使用计算内核 ${ours}，节点的是 ${theirs}，结果可能不是逐位相同。${SAME_RELEASE}`,
  engineMissing: ({ numerics, needed, offered }) =>
    zh`${chineseTerm('numerics', numerics) ?? numerics}数值模式需要计算引擎 ${needed.join('、')} 之一，而节点只有 ${offered.join('、')}。请在那里运行 \`shoal doctor\`，它会指出缺少什么。`,
  probeWrong: () => '它的试算结果不正确。请安装与协调器相同的 Shoal 版本。',
  probeUnanswered: ({ seconds }) => zh`它在 ${seconds} 秒内没有给出试算结果。`,
  leaseUnanswered: ({ seconds }) => zh`它在 ${seconds} 秒内没有完成任务。`,
  messageMalformed: () => '它发来的消息不符合协议，或在途中损坏了。',
  tooManyMessages: ({ perSecond, atOnce }) =>
    zh`它发送的消息过多：除答案以外，每秒最多 ${perSecond} 条，一次最多 ${atOnce} 条。`,
  helloLate: ({ seconds }) => zh`它在 ${seconds} 秒内没有报到。`,
  workerSilent: ({ seconds }) => zh`已有 ${seconds} 秒没有它的消息。`,
  joinedAgain: () => '同一个节点建立了新的连接。',
  helloNotRead: () => '协调器没能处理它的报到，请再试一次。',
  leftInOrder: () => '它有序地离开了。',
  operatorRemoved: () =>
    '管理员结束了它的参与。已算出的结果会留在模型里，仍然记在它名下。如果想回来，请管理员重新允许。',
  drained: () => '它已完成手中的任务，可以离开。',
  answerWrong: () =>
    '它的一个答案经重新计算后发现是错的，因此不再参与这次训练。如果这台机器本应正常，请检查它的内存。',
  wentByItself: ({ code, reason }) => (code === null ? reason : LEFT[code]),
  socketClosed: ({ code }) => zh`连接已断开（代码 ${code}）。`,
  socketFailed: ({ problem }) => zh`连接出错（${problem}）。`,
  workerRefused: (fact) => zh`拒绝了一个节点：${why(fact.why)}`,
  workerJoined: ({ name, numerics }) =>
    zh`${name} 加入了，${numerics === 'exact' ? '试算结果逐位相同' : '试算结果在允许的误差之内'}。`,
  workerLeft: ({ name, leases, ...fact }) =>
    zh`${name} 离开了：${why(fact.why)}${leases === 0 ? '' : zh`它的 ${leases} 个任务转给其他节点。`}`,
  leaseFailed: ({ name, lease, code, reason }) =>
    code === 'engineFailed'
      ? zh`${name} 无法计算任务 ${lease}（${reason}）。`
      : zh`${name} 无法计算任务 ${lease}：${FAILURES[code]}`,
  localFailed: ({ name, problem }) => zh`本机的节点 ${name} 出错（${problem}）。`,
  localEnded: ({ name, code, again }) =>
    zh`本机的节点 ${name} 结束了（退出代码 ${code}），${again ? '正在重新启动' : '不再重新启动'}。`,
  localSays: ({ name, said }) =>
    zh`${name}：${said.type === 'text' ? said.text : worded(CONNECTION_CHINESE, said)}`,
};
