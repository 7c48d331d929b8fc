/** The proxy that the environment names for an address, by the custom that curl and others follow. */
import { ProxyAgent } from 'undici';
import { DataError } from './dataError.ts';
import type { Environment } from './places.ts';

export type NamedProxy = {
  readonly uri: URL;
  /** The variable that named it, as it is written there. */
  readonly variable: string;
};

/** Schemes of proxies that can be spoken to. */
const SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'socks5:', 'socks:']);

/** The lower case of a variable comes before the upper; an empty one counts as not set. */
const named = (environment: Environment, name: string): { variable: string; value: string } | null => {
  for (const variable of [name.toLowerCase(), name.toUpperCase()]) {
    const value = environment[variable]?.trim();
    if (value) return { variable, value };
  }
  return null;
};

/** Whether NO_PROXY lists the host: itself or a domain above it, with a port or without, or `*` for all. */
const isExempt = (url: URL, environment: Environment): boolean => {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const entries =
    named(environment, 'no_proxy')
      ?.value.toLowerCase()
      .split(/[\s,]+/) ?? [];
  return entries.some((entry) => {
    if (entry === '*') return true;
    const [, listed = entry, listedPort = port] = /^(.*[^:]):(\d+)$/.exec(entry) ?? [];
    const domain = listed.replace(/^\*?\./, '');
    if (domain === '' || listedPort !== port) return false;
    return url.hostname === domain || url.hostname.endsWith(`.${domain}`);
  });
};

/**
 * HTTPS_PROXY or HTTP_PROXY by the address's scheme, else ALL_PROXY; null for none, or where NO_PROXY exempts the host.
 * @throws DataError when the variable holds no address of a proxy
 */
export const proxyOf = (address: string, environment: Environment): NamedProxy | null => {
  const url = new URL(address);
  const found = named(environment, `${url.protocol.slice(0, -1)}_proxy`) ?? named(environment, 'all_proxy');
  if (found === null || isExempt(url, environment)) return null;
  const { variable, value } = found;
  // Many write the host and port alone, and mean an ordinary proxy.
  const written = value.includes('://') ? value : `http://${value}`;
  const uri = URL.canParse(written) ? new URL(written) : null;
  if (uri === null || uri.hostname === '' || !SCHEMES.has(uri.protocol)) {
    throw new DataError(
      `${variable} does not hold the address of a proxy: write it as http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT, or unset it.`,
    );
  }
  return { uri, variable };
};

/** For sentences: never with the password. */
export const proxyTold = ({ uri, variable }: NamedProxy): string => {
  const user = uri.username === '' ? '' : `${uri.username}:***@`;
  return `the proxy ${uri.protocol}//${user}${uri.host} (${variable})`;
};

/** Close it after use. */
export const proxyAgent = ({ uri }: NamedProxy): ProxyAgent => {
  const user = decodeURIComponent(uri.username);
  const login = Buffer.from(`${user}:${decodeURIComponent(uri.password)}`).toString('base64');
  return new ProxyAgent({
    uri: uri.href,
    // A tunnel is for https; proxies expect plain requests for http.
    proxyTunnel: false,
    ...(user !== '' && { token: `Basic ${login}` }),
  });
};
