/** Why this device is not connected or cannot take part, in Chinese: what the page to join can come to say. */
import type { JoiningFact } from '../../facts/connectionFacts.ts';
import type { ByeName } from '../../protocol/codes.ts';
import type { Wording } from '../wording.ts';
import { INCAPABLE_CHINESE } from './incapable.ts';
import { zh } from './zh.ts';

const ASK = '请向发来链接的人询问，或从协调器显示链接的地方重新复制。';

/** What a coordinator says when it ends a connection, by its code: its own words are English. */
const SAID: { readonly [N in ByeName]: string } = {
  finished: '训练已结束。',
  badToken: '链接已失效，或者不完整。请索取新链接。',
  badMessage: '协调器收到了它不理解的消息。',
  protocolVersion: '这台设备与协调器的 Shoal 版本不同。请重新加载页面，或安装相同的版本。',
  kernelBuild: '这台设备与协调器的计算内核版本不同，结果可能不一致。请重新加载页面，或安装相同的版本。',
  noEngine: '这次训练需要的计算引擎，这台设备没有。请更新浏览器，或换一台设备。',
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
  revoked: '管理员已撤销此链接。请索取新链接。',
  badOrigin: '协调器不接受来自此页面的连接。',
  standby: '这个协调器处于待命状态，正在寻找目前主持训练的协调器。',
};

export const JOINING_CHINESE: Wording<JoiningFact> = {
  coordinatorSaid: ({ code }) => SAID[code],
  connectionClosed: () => '连接已关闭。',
  connectionBroken: ({ reason }) => zh`连接出错（${reason}）。`,
  computerAsleep: () => '这台设备刚才处于睡眠状态。',
  networkAway: () => '网络曾经中断。',
  noAnswerInTime: ({ host, seconds }) => zh`${host ?? '协调器'}在 ${seconds} 秒内没有应答。`,
  notConnected: () => '连接没有建立。',
  noWebSocket: ({ origin, isCoordinator }) =>
    isCoordinator
      ? zh`位于 ${origin} 的协调器在运行，但中间的代理不转发 WebSocket。请代理的管理者转发 Upgrade 和 Connection 两个请求头；或使用不经过代理的地址。`
      : zh`${origin} 的应答者不接受 WebSocket：它不是协调器，或者前面有代理。${ASK}`,
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
  redirected: ({ origin, to }) =>
    zh`${origin} 要求转到${to ?? '别处'}，这里不会跟随：令牌只用于一个地址。如果协调器确实在那里，请索取指向该地址的链接。`,
  ...INCAPABLE_CHINESE,
};
