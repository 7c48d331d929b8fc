/** Which pages may speak to the coordinator: those of its own address, and those of origins that were named. */
import { UserError } from '../errors.ts';

export type OriginRequest = {
  /** The header `Origin`; programs that are no browser send none. */
  readonly origin: string | undefined;
  /** The header `Host`, or `X-Forwarded-Host` of a trusted proxy. */
  readonly host: string | undefined;
};

export class AllowedOrigins {
  readonly #named: ReadonlySet<string>;

  /** Each as `readOrigin` gives it. */
  constructor(named: readonly string[]) {
    this.#named = new Set(named);
  }

  allows({ origin, host }: OriginRequest): boolean {
    if (origin === undefined) return true;
    return this.#named.has(origin) || isSameHost(origin, host);
  }

  /** Whether that origin was named, and so may read answers from another address. */
  isNamed(origin: string | undefined): boolean {
    return origin !== undefined && this.#named.has(origin);
  }
}

/** A browser page cannot choose its `Origin`; the scheme is left out, since a proxy may add TLS. */
function isSameHost(origin: string, host: string | undefined): boolean {
  if (host === undefined || !/^https?:\/\//.test(origin)) return false;
  const url = urlOf(origin);
  // Compared as URLs, so that a usual port may be written or not.
  return url !== null && urlOf(`${url.protocol}//${host}`)?.host === url.host;
}

function urlOf(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

/** @throws UserError for what is no origin */
export function readOrigin(text: string): string {
  const origin = urlOf(text)?.origin;
  if (origin === undefined || origin === 'null' || !/^https?:/.test(origin)) {
    throw new UserError(`--allow-origin takes an origin such as https://class.example.org, not "${text}".`);
  }
  return origin;
}
