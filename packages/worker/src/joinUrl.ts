/** Reads the address that people are given to join a run: `http://host:port/#token` and its variations. */

export type JoinAddress = {
  /** `http://host:port` */
  readonly origin: string;
  /** The path below which a proxy serves the coordinator, such as `/shoal`; empty where that is all of the host. */
  readonly basePath: string;
  readonly token: string;
};

/** An address or token that cannot be used; the message is a whole sentence for the person. */
export class JoinUrlError extends Error {
  override readonly name = 'JoinUrlError';
}

const SCHEMES: Readonly<Record<string, 'http' | 'https'>> = {
  'http:': 'http',
  'https:': 'https',
  'ws:': 'http',
  'wss:': 'https',
};
const EXAMPLE = 'such as http://192.168.1.20:7433/#k3x9…';
const TOKEN_LENGTH_MAX = 256;

/**
 * `token` is what was given beside the address (an option or the environment) and wins over the address' fragment.
 * A missing scheme is read as http.
 * @throws JoinUrlError
 */
export function parseJoinUrl(text: string, token: string | null): JoinAddress {
  const url = parseUrl(text.trim());
  const scheme = url === null ? undefined : SCHEMES[url.protocol];
  if (url === null || scheme === undefined || url.hostname === '') {
    throw new JoinUrlError(
      `"${text}" is not an address to join: give the link the coordinator printed, ${EXAMPLE}.`,
    );
  }
  const found = (token ?? '') === '' ? readToken(url.hash) : (token as string);
  if (found === '') {
    throw new JoinUrlError(
      `The address ${text} has no join token: give the whole link with what follows the #, ${EXAMPLE}, or --token.`,
    );
  }
  if (found.length > TOKEN_LENGTH_MAX) {
    throw new JoinUrlError(
      `The join token is longer than ${TOKEN_LENGTH_MAX} characters: copy the link again.`,
    );
  }
  return { origin: `${scheme}://${url.host}`, basePath: basePathOf(url), token: found };
}

/** Where workers connect: `address` is an origin with http or https, and a base path without a slash at its end. */
export const socketUrlOf = (address: string): string => `${address.replace(/^http/, 'ws')}/ws`;

function parseUrl(text: string): URL | null {
  const withScheme = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`;
  return URL.canParse(withScheme) ? new URL(withScheme) : null;
}

/** Before the page's own name, which may be left out. */
const basePathOf = ({ pathname }: URL): string =>
  pathname
    .replace(/\/+$/, '')
    .replace(/\/(join|ws)$/, '')
    .replace(/\/+$/, '');

/** `#token`, or `#token=…`. */
function readToken(hash: string): string {
  const text = hash.replace(/^#(token=)?/, '');
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
