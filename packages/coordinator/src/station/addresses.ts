/** The addresses of a coordinator: what is printed, shown on pages and given to local workers. */
import type { JoinInfo } from '@shoal/core';
import type { Access } from '../access/access.ts';
import { lanAddresses } from '../server/server.ts';

/** The links that are printed, each with the token of its role. */
export type Links = { readonly dashboard: string; readonly watch: string; readonly join: string };

export class Addresses {
  /** How others reach this coordinator, most likely; without a slash at its end. */
  readonly url: string;
  /** For processes on this machine. */
  readonly localUrl: string;
  readonly #all: readonly string[];

  /** `localPort`: where this machine's processes go past TLS; null when everyone takes the same plain port. */
  constructor(options: {
    readonly host: string;
    readonly port: number;
    readonly publicUrl: string | null;
    readonly localPort: number | null;
  }) {
    const { host, port, localPort } = options;
    const scheme = localPort === null ? 'http' : 'https';
    const isEverywhere = host === '0.0.0.0' || host === '::';
    const lan = lanAddresses();
    const hosts = isEverywhere ? (lan.length === 0 ? ['127.0.0.1'] : lan) : [host];
    const urls = hosts.map((one) => urlOf(scheme, one, port));
    const publicUrl = options.publicUrl?.replace(/\/+$/, '');
    this.#all = publicUrl === undefined ? urls : [publicUrl, ...urls.filter((url) => url !== publicUrl)];
    this.url = this.#all[0] ?? urlOf(scheme, '127.0.0.1', port);
    this.localUrl =
      localPort === null
        ? urlOf('http', isEverywhere ? '127.0.0.1' : host, port)
        : urlOf('http', '127.0.0.1', localPort);
  }

  async links(access: Access): Promise<Links> {
    return {
      dashboard: `${this.url}/#${await access.tokenFor('operator')}`,
      watch: `${this.url}/#${await access.tokenFor('viewer')}`,
      join: `${this.url}/join#${await access.tokenFor('worker')}`,
    };
  }

  async joinInfo(access: Access): Promise<JoinInfo> {
    const [worker, viewer] = await Promise.all([access.tokenFor('worker'), access.tokenFor('viewer')]);
    return {
      links: this.#all.map((url) => `${url}/join#${worker}`),
      watchLinks: this.#all.map((url) => `${url}/#${viewer}`),
    };
  }
}

const urlOf = (scheme: 'http' | 'https', host: string, port: number): string =>
  `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
