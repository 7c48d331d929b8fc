/** The words of the invitation. */
import { textsIn } from '../../shared/language.ts';

const replaced = {
  join: {
    revoked:
      'The links to join that stood here before were revoked, and whoever came by one was sent away. This one has taken their place: whoever is to take part needs it.',
    expiring:
      'The link that stood here before ends soon. This one has taken its place; give it to whoever joins from now on.',
    unknown:
      'This link has taken the place of the one that stood here before. Give it to whoever is to join.',
  },
  watch: {
    revoked:
      'The links to watch that stood here before were revoked. These have taken their place: whoever is to watch needs one of them.',
    expiring:
      'The links that stood here before end soon. These have taken their place; give them to whoever is to watch.',
    unknown: 'These links have taken the place of those that stood here before.',
  },
};

const en = {
  title: 'Join the training',
  how: 'Open this link on any computer or phone, or scan the code. Nothing is installed; close the page to leave.',
  replaced,
  link: 'Link',
  others: 'The same over other addresses of this machine',
  watch: 'Links to watch, without control',
  gateways: 'Links for gateways',
  gatewaysWhy:
    'For a machine that others join instead of this one: it hands on what it is granted, so that thousands can take part. Give these to nobody else.',
  program:
    'Or with Node.js, from a terminal. With “-” in place of the link it asks for it, and others on that machine do not see it.',
  none: 'This coordinator gives out no links to join.',
  code: 'QR code of the link',
  joined: (workers: number) => (workers === 1 ? '1 worker computes' : `${workers} workers compute`),
  loopback:
    'This link works on this machine only. Start the coordinator with --host 0.0.0.0 to invite others in the same network.',
};

const zh: typeof en = {
  title: '加入训练',
  how: '在任何电脑或手机上打开此链接，或扫描二维码。无需安装，关闭页面即离开。',
  replaced: {
    join: {
      revoked: '此处原来的加入链接已被撤销，通过它加入的节点已被请走。现在显示的是新链接：要参与的人需要它。',
      expiring: '此处原来的链接即将到期，现在显示的是新链接，请把它发给之后加入的人。',
      unknown: '此链接已取代原来显示的链接，请把它发给要加入的人。',
    },
    watch: {
      revoked: '此处原来的观看链接已被撤销。现在显示的是新链接：要观看的人需要它。',
      expiring: '此处原来的链接即将到期，现在显示的是新链接，请把它发给要观看的人。',
      unknown: '这些链接已取代原来显示的链接。',
    },
  },
  link: '链接',
  others: '本机其他地址上的相同链接',
  watch: '只看不控制的链接',
  gateways: '网关链接',
  gatewaysWhy:
    '供代替本机接待节点的机器使用：它把得到的任务转交给加入它的节点，使成千上万的节点都能参与。请勿交给其他人。',
  program: '或在终端中使用 Node.js。用“-”代替链接，程序会询问链接，同一台机器上的其他人就看不到它。',
  none: '此协调器没有提供加入链接。',
  code: '链接的二维码',
  joined: (workers) => `${workers} 个节点正在参与`,
  loopback: '此链接只在本机有效。用 --host 0.0.0.0 启动协调器，即可邀请同一网络中的其他人。',
};

export const joinTexts = (): typeof en => textsIn({ en, zh });
