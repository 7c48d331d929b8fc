/** A worker's connection to its coordinator, in Chinese: for whoever lends a device and for whoever reads along. */
import type { ConnectionFact, DisconnectFact } from '../../facts/connectionFacts.ts';
import { mebibytes } from '../figures.ts';
import { type Wording, worded } from '../wording.ts';
import { JOINING_CHINESE } from './joining.ts';
import { LEAVING_CHINESE } from './leaving.ts';
import { zh } from './zh.ts';

const why = (fact: DisconnectFact): string => worded(CONNECTION_CHINESE, fact);

export const CONNECTION_CHINESE: Wording<ConnectionFact> = {
  ...JOINING_CHINESE,
  ...LEAVING_CHINESE,
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
  brokenWebSocket: ({ origin }) => zh`${origin} 的应答者没有按规定打开 WebSocket，因此不是协调器。`,
  httpSpoken: ({ origin, use }) =>
    zh`${origin} 使用的是 http 而不是 https。如果信任途中的网络，请用同一个令牌访问 ${use}；否则请索取 https 地址。`,
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
  looksForLeader: (fact) => zh`${why(fact.why)}这台设备正在寻找主持训练的协调器。`,
  coordinatorOvertaken: ({ address, term, known }) =>
    zh`位于 ${address} 的协调器已不再主持这次训练：它的任期是 ${term}，而任期 ${known} 已经开始。正在寻找目前主持的协调器。`,
  dataExceedsMemory: ({ bytes, room }) =>
    zh`数据集需要 ${mebibytes(bytes)} 内存，而这台设备只剩 ${mebibytes(room)}：样本随每个任务一起发来。`,
  blockNotFetched: ({ why }) => zh`数据集有一块没有取得（${why}），将再次请求。`,
  dataNotFetched: ({ why }) => zh`数据集无法取得（${why}）。`,
  slotReplaced: ({ slot, reason }) => zh`计算线程 ${slot} 意外结束，已被替换（${reason}）。`,
};
