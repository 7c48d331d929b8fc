/** The addresses of a coordinator: what is printed and shown on pages. */
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { FactOf, JoinInfo } from '@shoal/core';
import type { Access } from '../access/access.ts';

/** The links that are printed, each with the token of its role. */
export type Links = { readonly dashboard: string; readonly watch: string; readonly join: string };

export class CoordinatorAddresses {
  /** How others reach this coordinator, most likely; without a slash at its end. */
  readonly url: string;
  /** For the operator of a machine that others cannot reach like this; null where they can. */
  readonly advice: FactOf<'listensOnIpv4Only'> | null;
  /** The same first, then every other way that it can be reached. */
  readonly all: readonly string[];

  /** `publicUrl` has no slash at its end. */
  constructor(options: {
    readonly host: string;
    readonly port: number;
    readonly publicUrl: string | null;
    readonly isTls: boolean;
  }) {
    const { host, port } = options;
    const scheme = options.isTls ? 'https' : 'http';
    const isEverywhere = host === '0.0.0.0' || host === '::';
    const found = isEverywhere ? reachableAddresses(host === '::' ? 'both' : 'IPv4') : [host];
    const loopback = host === '::' ? '::1' : '127.0.0.1';
    const urls = (found.length === 0 ? [loopback] : found).map((one) => urlOf(scheme, one, port));
    const { publicUrl } = options;
    this.all = publicUrl === null ? urls : [publicUrl, ...urls.filter((url) => url !== publicUrl)];
    this.url = this.all[0] ?? urlOf(scheme, loopback, port);
    const isUnseen = host === '0.0.0.0' && found.length === 0 && reachableAddresses('both').length > 0;
    this.advice = isUnseen && publicUrl === null ? { type: 'listensOnIpv4Only' } : null;
  }

  async links(access: Access): Promise<Links> {
    return {
      dashboard: `${this.url}/#${await access.tokenFor('operator')}`,
      watch: `${this.url}/#${await access.tokenFor('viewer')}`,
      join: `${this.url}/join#${await access.tokenFor('worker')}`,
    };
  }

  async joinInfo(access: Access): Promise<JoinInfo> {
    const [worker, viewer, gateway] = await Promise.all([
      access.tokenFor('worker'),
      access.tokenFor('viewer'),
      access.tokenFor('gateway'),
    ]);
    return {
      links: this.all.map((url) => `${url}/join#${worker}`),
      watchLinks: this.all.map((url) => `${url}/#${viewer}`),
      gatewayLinks: this.all.map((url) => `${url}/#${gateway}`),
    };
  }
}

const urlOf = (scheme: 'http' | 'https', host: string, port: number): string =>
  `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;

/**
 * IPv4 addresses, which are short enough to be read out; IPv6 addresses where there are no others. A link-local one says
 * nothing without the name of the reader's own interface, and no link can carry that. Empty without a network.
 */
export function reachableAddresses(
  family: 'IPv4' | 'both',
  interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces(),
): string[] {
  const outward = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !isLinkLocal(address))
    .map(({ address }) => address);
  const four = outward.filter((address) => isIP(address) === 4);
  return four.length > 0 || family === 'IPv4' ? four : outward;
}

const isLinkLocal = (address: string): boolean => /^fe[89ab]/i.test(address);
