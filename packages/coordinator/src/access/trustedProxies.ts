/**
 * Proxies of the operator's own, by their addresses: what they write into `X-Forwarded-For` and `X-Forwarded-Host` is
 * believed, and what anybody else writes there is not.
 */
import { BlockList, isIP } from 'node:net';
import { UserError } from '../errors.ts';

/** Names for addresses that are the same everywhere. */
const RANGES: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

const OPTION = '--trust-proxy';
const EXAMPLE = `such as 192.168.1.2, 10.42.0.0/16 or ${Object.keys(RANGES).join(', ')}`;

export class TrustedProxies {
  readonly #list: BlockList;

  private constructor(list: BlockList) {
    this.#list = list;
  }

  static readonly none = new TrustedProxies(new BlockList());

  /**
   * Each setting is a list of addresses, ranges as CIDR, and names of ranges, with commas between them.
   * @throws UserError for one that is none of these, or that means everybody
   */
  static read(settings: readonly string[]): TrustedProxies {
    const list = new BlockList();
    for (const setting of settings) {
      for (const one of setting.split(',').map((text) => text.trim())) {
        for (const range of RANGES[one] ?? [one]) addRange(list, range);
      }
    }
    return new TrustedProxies(list);
  }

  trusts(address: string | undefined): boolean {
    const plain = plainAddress(address ?? '');
    const family = isIP(plain);
    return family !== 0 && this.#list.check(plain, family === 4 ? 'ipv4' : 'ipv6');
  }

  /**
   * The address of whoever sent a request. Each proxy adds at the end of `X-Forwarded-For` whom it had it from, so the
   * list is read from the right, for as long as the word is that of a proxy: the first address that is none is the
   * client's. What stands before that was written by the client and proves nothing.
   */
  clientOf(socketAddress: string | undefined, forwardedFor: string | readonly string[] | undefined): string {
    let client = plainAddress(socketAddress ?? 'unknown');
    const list = typeof forwardedFor === 'string' ? forwardedFor : (forwardedFor?.join(',') ?? '');
    const hops = list.split(',');
    while (hops.length > 0 && this.trusts(client)) {
      const next = plainAddress(withoutPort((hops.pop() ?? '').trim()));
      if (isIP(next) === 0) break;
      client = next;
    }
    return client;
  }
}

function addRange(list: BlockList, range: string): void {
  const [address = '', length, ...more] = range.split('/');
  const family = isIP(address);
  const most = family === 4 ? 32 : 128;
  const prefix = length === undefined ? most : Number(length);
  const isPrefix = length === undefined || (/^\d+$/.test(length) && prefix <= most);
  if (family === 0 || more.length > 0 || !isPrefix) {
    throw new UserError(`${OPTION} takes the addresses of your proxies, ${EXAMPLE}, not "${range}".`);
  }
  if (prefix === 0) {
    throw new UserError(
      `${OPTION} ${range} would believe whoever connects, so that anybody could pose as any address: name the addresses of your proxies, ${EXAMPLE}.`,
    );
  }
  list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
}

/** Without a zone, and an IPv4 address as such. */
export function plainAddress(address: string): string {
  const [plain = ''] = address.split('%');
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1] ?? plain;
}

/** Some proxies write the port as well, and an IPv6 address in brackets. */
function withoutPort(text: string): string {
  return /^\[(.*)\](:\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
}
