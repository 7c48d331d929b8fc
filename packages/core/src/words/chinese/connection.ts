/** A worker's connection to its coordinator, in Chinese: for whoever lends a device and for whoever reads along. */
import type { ConnectionFact, DisconnectFact } from '../../facts/connectionFacts.ts';
import type { ByeName } from '../../protocol/codes.ts';
import { mebibytes } from '../figures.ts';
import { type Wording, worded } from '../wording.ts';
import { zh } from './zh.ts';

const ASK = '请向发来链接的人询问，或从协调器显示链接的地方重新复制。';

const why = (fact: DisconnectFact): string => worded(CONNECTION_CHINESE, fact);

/** What a coordinator says when it ends a connection, by its code: its own words are English. */
const SAID: { readonly [N in ByeName]: string } = {
  finished: '训练已结束。',
  badToken: '链接已失效，或者不完整。请索取新链接。',
  badMessage: '协调器收到了它不理解的消息。',
  protocolVersion: '这台设备与协调器的 Shoal 版本不同。请重新加载页面，或安装相同的版本。',
  kernelBuild: '这台设备与协调器的计算内核版本不同，结果可能不一致。请重新加载页面，或安装相同的版本。',
  noEngine: '这次训练需要的计算引擎，这台设备没有。',
  probeFailed: '这台设备算出的试算结果与协调器的不同，因此不能参与这次训练。',
  silent: '协调器太久没有收到这台设备的消息。',
  replaced: '同一台设备建立了新的连接，取代了这一个。',
  shutdown: '协调器已关闭。',
  unanswered: '分给这台设备的任务太久没有完成，协调器因此断开了连接。',
  removed: '管理员已结束这台设备的参与。',
  betweenRuns: '目前没有正在进行的训练。',
  convicted: '这台设备给出过错误的答案，因此不再参与这次训练。',
  tooMany: '协调器的连接数已满。',
  tooFast: '这台设备发送消息过于频繁。',
  revoked: '管理员已收回此链接。',
  badOrigin: '协调器不接受来自此页面的连接。',
};

export const CONNECTION_CHINESE: Wording<ConnectionFact> = {
  coordinatorSaid: ({ code }) => SAID[code],
  connectionClosed: () => '连接已关闭。',
  connectionBroken: ({ reason }) => zh`连接出错（${reason}）。`,
  computerAsleep: () => '这台设备刚才处于睡眠状态。',
  networkAway: () => '网络曾经中断。',
  noAnswerInTime: ({ host, seconds }) => zh`${host ?? '协调器'}在 ${seconds} 秒内没有应答。`,
  notConnected: () => '连接没有建立。',
  nothingListens: ({ host }) => zh`${host} 上没有程序在监听。`,
  hostUnknown: ({ host }) => zh`这里找不到名为 ${host} 的计算机。`,
  hostNotLookedUp: ({ host }) => zh`无法查询名称 ${host}：网络可能已断开。`,
  noRoute: ({ host }) => zh`从这个网络无法到达 ${host}。`,
  noAnswer: ({ host }) => zh`${host} 没有应答。`,
  brokenOff: ({ host }) => zh`${host} 在连接建立之前就断开了。`,
  certificateUntrusted: ({ host }) =>
    zh`${host} 的证书不受信任：签发者不为这台计算机所知。如果是管理员自己的证书，请索取签发它的证书文件，并以 NODE_EXTRA_CA_CERTS=FILE 启动。`,
  certificateExpired: ({ host }) =>
    zh`${host} 的证书已过期。请管理员更新证书；也可能是这台计算机的时钟不准。`,
  certificateNotYetValid: ({ host }) => zh`${host} 的证书尚未生效。这台计算机或签发证书的计算机的时钟不准。`,
  certificateOfOther: ({ host, name }) =>
    zh`${host} 出示的是另一个名称的证书。请使用证书上的名称，或请管理员签发包含 ${name} 的证书。`,
  tlsFailed: ({ host, reason }) => zh`无法与 ${host} 建立安全连接：${reason}。`,
  notHttp: ({ host }) => zh`${host} 上的程序不使用 HTTP，因此不是协调器。`,
  noWebSocket: ({ origin, isCoordinator }) =>
    isCoordinator
      ? zh`位于 ${origin} 的协调器在运行，但中间的代理不转发 WebSocket。请代理的管理者转发 Upgrade 和 Connection 两个请求头；或使用不经过代理的地址。`
      : zh`${origin} 的应答者不接受 WebSocket：它不是协调器，或者前面有代理。${ASK}`,
  brokenWebSocket: ({ origin }) => zh`${origin} 的应答者没有按规定打开 WebSocket，因此不是协调器。`,
  coordinatorBusy: ({ origin, status, said }) =>
    said === null
      ? zh`${origin} 正忙（${status}）。`
      : zh`位于 ${origin} 的协调器目前不再接受连接（${status}）。`,
  passwordAsked: ({ origin, status }) =>
    zh`${origin} 要求输入它自己的密码（${status}），而协调器不会这样做。${ASK}`,
  coordinatorRefuses: ({ origin }) => zh`位于 ${origin} 的协调器拒绝了连接。请告诉管理员。`,
  gatewayFails: ({ origin, status }) => zh`${origin} 前面的代理目前无法到达协调器（${status}）。`,
  notCoordinator: ({ origin, status }) =>
    zh`${origin} 的应答者不是 Shoal 协调器：它在协调器应打开 WebSocket 的地方返回 ${status}。${ASK}`,
  httpsSpoken: ({ origin, use }) => zh`${origin} 使用的是 https 而不是 http：请用同一个令牌访问 ${use}。`,
  httpSpoken: ({ origin, use }) =>
    zh`${origin} 使用的是 http 而不是 https。如果信任途中的网络，请用同一个令牌访问 ${use}；否则请索取 https 地址。`,
  redirected: ({ origin, to }) =>
    zh`${origin} 要求转到${to ?? '别处'}，这里不会跟随：令牌只用于一个地址。如果协调器确实在那里，请索取指向该地址的链接。`,
  volunteerPaused: () => '志愿者暂停了计算。',
  volunteerLeft: () => '志愿者离开了。',
  threadsChange: () => '线程数正在改变。',
  toldToStop: ({ signal }) => zh`它被要求停止（${signal}）。`,
  modelExceedsMemory: ({ bytes, bytesMax, threads }) =>
    zh`这次训练的模型用 ${threads} 个线程大约需要 ${mebibytes(bytes)} 内存，而这台设备只提供 ${mebibytes(bytesMax)}。请减少线程；如果信任协调器，也可以用 --memory 提供更多。`,
  leaseExceedsMemory: ({ lease, bytes, held, bytesMax }) =>
    zh`任务 ${lease} 除已占用的 ${mebibytes(held)} 外大约还需要 ${mebibytes(bytes)} 内存，而这台设备只提供 ${mebibytes(bytesMax)}。如果信任协调器，可以用 --memory 提供更多。`,
  runNotUnderstood: ({ address }) =>
    zh`这台设备无法计算位于 ${address} 的训练：它与协调器的 Shoal 版本不同。请重新加载页面，或安装相同的版本。`,
  engineFails: ({ engine, times, reason }) =>
    zh`这台设备无法计算：计算引擎${engine ?? ''}连续 ${times} 次失败，最后一次的错误信息是“${reason}”。请更新浏览器或 Shoal。`,
  coordinatorUnreachable: (fact) =>
    zh`无法连接到位于 ${fact.address} 的协调器：${why(fact.why)}请检查地址、协调器是否在运行，以及中间是否有防火墙。`,
  leftCoordinator: ({ address, reason }) =>
    zh`已离开位于 ${address} 的协调器：${worded(CONNECTION_CHINESE, reason)}`,
  runJoined: ({ runId, address, threads, engine }) =>
    zh`已加入位于 ${address} 的训练 ${runId}，使用 ${engine} 的 ${threads} 个线程。`,
  waitsForRun: (fact) => zh`${why(fact.why)}这台设备等待下一次训练。`,
  connectionLost: (fact) =>
    zh`与位于 ${fact.address} 的协调器没有连接：${why(fact.why)}${(fact.retryMs / 1000).toFixed(1)} 秒后重试。`,
  coordinatorNotUnderstood: ({ address }) =>
    zh`位于 ${address} 的协调器发来了无法理解的消息，正在重新连接。如果反复出现，请重新加载页面，并告诉管理员。`,
  coordinatorSilent: ({ address, seconds }) =>
    zh`位于 ${address} 的协调器已有 ${seconds} 秒没有消息，正在重新连接。`,
  dataExceedsMemory: ({ bytes, room }) =>
    zh`数据集需要 ${mebibytes(bytes)} 内存，而这台设备只剩 ${mebibytes(room)}：样本随每个任务一起发来。`,
  dataFetched: ({ samples }) => zh`数据集已取得：${samples} 个样本。`,
  blockNotFetched: ({ why }) => zh`数据集有一块没有取得（${why}），将再次请求。`,
  dataNotFetched: ({ why }) => zh`数据集无法取得（${why}）。`,
  slotReplaced: ({ slot, reason }) => zh`计算线程 ${slot} 意外结束，已被替换（${reason}）。`,
};
