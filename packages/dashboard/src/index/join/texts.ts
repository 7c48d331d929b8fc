/** The words of the invitation. */
import { textsIn } from '../../shared/language.ts';

const en = {
  title: 'Join the training',
  how: 'Open this link on any computer or phone, or scan the code. Nothing is installed; close the page to leave.',
  link: 'Link',
  others: 'The same over other addresses of this machine',
  watch: 'Links to watch, without control',
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
  link: '链接',
  others: '本机其他地址上的相同链接',
  watch: '只看不控制的链接',
  program: '或在终端中使用 Node.js。用“-”代替链接，程序会询问链接，同一台机器上的其他人就看不到它。',
  none: '此协调器没有提供加入链接。',
  code: '链接的二维码',
  joined: (workers) => `${workers} 个节点正在参与`,
  loopback: '此链接只在本机有效。用 --host 0.0.0.0 启动协调器，即可邀请同一网络中的其他人。',
};

export const joinTexts = (): typeof en => textsIn({ en, zh });
