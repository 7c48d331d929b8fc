/** Whom an address counts for: an IPv4 address itself, an IPv6 address with its /64, which is what one subscriber has. */
import { isIP } from 'node:net';
import { plainAddress } from './trustedProxies.ts';

/** The name under which an address is counted. It stays in memory. */
export function addressKey(address: string): string {
  const plain = plainAddress(address);
  if (isIP(plain) !== 6) return plain;
  return `${firstGroups(plain).slice(0, 4).join(':')}::/64`;
}

/** The eight groups of an IPv6 address without leading zeros, `::` written out. */
function firstGroups(address: string): string[] {
  const [head = '', tail] = address.toLowerCase().split('::');
  const groupsOf = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  // A dotted end stands for two groups; the first four never reach it.
  const zeros = Math.max(0, 8 - left.length - right.length - (address.includes('.') ? 1 : 0));
  return [...left, ...Array<string>(zeros).fill('0'), ...right].map((group) => group.replace(/^0+(?=.)/, ''));
}
