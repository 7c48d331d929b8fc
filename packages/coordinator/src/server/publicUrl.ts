/** The addresses that the operator names: how others reach the coordinator (`--public-url`), and where it listens (`--host`). */
import { isIP } from 'node:net';
import { UserError } from '../errors.ts';

export type PublicUrl = {
  /** `https://host:port`, as browsers write an origin. */
  readonly origin: string;
  /** The path below which a proxy serves the coordinator, such as `/shoal`; empty where that is all of the host. */
  readonly basePath: string;
};

/** First parts of the coordinator's own paths: a base path made of them would be taken for what it leads to. */
const OWN_PATHS = ['api', 'assets', 'blocks', 'healthz', 'join', 'metrics', 'watch', 'ws'];
const BASE_PATH_LENGTH_MAX = 128;

const OPTION = '--public-url';
const EXAMPLE = 'such as https://shoal.example.org or https://example.org/shoal/';

/** @throws UserError with what is wrong and how to write it */
export function readPublicUrl(text: string, option = OPTION): PublicUrl {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    const host = isIP(text) === 6 ? `[${text}]` : text.replace(/^\/+/, '');
    throw refused(option, text, `has no scheme: write http://${host} or https://${host}.`);
  }
  if (scheme !== 'http' && scheme !== 'https') {
    throw refused(option, text, `begins with ${scheme}://, but pages are opened by http:// or https://.`);
  }
  const rest = text.slice(scheme.length + 3);
  const host = /^[^/?#]*/.exec(rest)?.[0] ?? '';
  if (!URL.canParse(text)) {
    const inBrackets = host.split(':').length > 2 && !host.startsWith('[');
    throw refused(
      option,
      text,
      inBrackets
        ? `is no address: an IPv6 address stands in brackets, such as ${scheme}://[2001:db8::1]:7465.`
        : `is no address: write one ${EXAMPLE}.`,
    );
  }
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    throw refused(
      option,
      text.replace(/\/\/[^@]*@/, '//…@'),
      `names a user or a password: write ${url.origin}.`,
    );
  }
  if (/[?#]/.test(text)) {
    const part = text.includes('#') ? 'a fragment (#)' : 'a query (?)';
    throw refused(
      option,
      text,
      `has ${part}: links get their own tokens behind it, so write ${url.origin}${url.pathname}.`,
    );
  }
  const basePath = url.pathname.replace(/\/+$/, '');
  const parts = basePath.split('/').slice(1);
  if (basePath.length > BASE_PATH_LENGTH_MAX || parts.some((part) => !/^[\w.~-]+$/.test(part))) {
    throw refused(
      option,
      text,
      `has a path that cannot be served below: use letters, digits, "-", "_", "." and "~", at most ${BASE_PATH_LENGTH_MAX} characters.`,
    );
  }
  const own = parts.find((part) => OWN_PATHS.includes(part));
  if (own !== undefined) {
    throw refused(
      option,
      text,
      `has "${own}" in its path, which the coordinator needs for itself: give the address of the dashboard, without /join and its like, or choose another path.`,
    );
  }
  return { origin: url.origin, basePath };
}

function refused(option: string, text: string, why: string): UserError {
  return new UserError(`${option} "${text}" ${why}`);
}

/** The address to listen on, an IPv6 address without its brackets. @throws UserError */
export function readHost(text: string): string {
  const host = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  if (isIP(host) === 6 && /^fe[89ab]/i.test(host)) {
    throw new UserError(
      `--host "${text}" is a link-local address, which cannot stand in a link: listen on :: (all addresses) or on another address of this machine.`,
    );
  }
  if (isIP(host) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(host)) return host;
  const hint = text.includes('://')
    ? 'without a scheme; the address that others use is given with --public-url'
    : 'and the port with --port';
  throw new UserError(
    `--host takes an address of this machine, such as 0.0.0.0, 192.168.1.20 or ::, ${hint}, not "${text}".`,
  );
}
