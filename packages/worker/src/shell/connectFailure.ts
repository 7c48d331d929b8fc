/** Why no connection to a coordinator came about, as far as an HTTP answer tells; the same in Node.js and in a tab. */
import { printable } from '@shoal/core';

/** A closed set: pages have a text for each. */
export type FailureCause =
  /** What answers is something else. */
  | 'notShoal'
  /** A proxy, or the server, answers but lets no WebSocket through. */
  | 'noUpgrade'
  | 'needsHttps'
  | 'needsHttp'
  | 'certificate'
  | 'redirect'
  /** The coordinator is there and takes nobody from here. */
  | 'forbidden'
  /** It is there and has too much to do, or one address tries too often. */
  | 'busy'
  /** Nothing answers. */
  | 'unreachable';

export type ConnectFailure = {
  readonly cause: FailureCause;
  /** A sentence, with the way out where there is one. */
  readonly reason: string;
  /** Trying again cannot help. */
  readonly isFinal: boolean;
  /** Milliseconds after which whoever answered asks to be tried again; null where it said nothing. */
  readonly retryAfterMs: number | null;
};

export type HttpAnswer = {
  readonly status: number;
  /** The header that every coordinator's refusal carries; null without it. */
  readonly shoal: string | null;
  readonly retryAfter: string | null;
  readonly location: string | null;
  /** The beginning of the body, at most ANSWER_TEXT_MAX characters. */
  readonly text: string;
};

export const SHOAL_HEADER = 'x-shoal';
export const ANSWER_TEXT_MAX = 1_024;

const ASK = 'Ask whoever sent you the link, or copy it again from where the coordinator printed it.';

/** An answer other than 101 to the request for a WebSocket. `origin` is where it was sent; `now` in milliseconds since 1970. */
export function failureOfAnswer(answer: HttpAnswer, origin: string, now: number): ConnectFailure {
  const { status, shoal } = answer;
  const said = shoal === null ? '' : sentenceOf(answer.text);
  const retryAfterMs = retryAfterOf(answer.retryAfter, now);
  const failure = (cause: FailureCause, reason: string, isFinal = true): ConnectFailure => ({
    cause,
    reason,
    isFinal,
    retryAfterMs: isFinal ? null : retryAfterMs,
  });
  if (status >= 300 && status < 400) return redirected(answer, origin, failure);
  if (status === 400 && /plain HTTP request was sent to HTTPS port/i.test(answer.text)) {
    return failure('needsHttps', needsHttps(origin));
  }
  switch (status) {
    case 426:
      return failure(
        'noUpgrade',
        shoal === null
          ? `What answers at ${origin} takes no WebSocket there, so that it is no coordinator, or a proxy stands in front of it. ${ASK}`
          : `The coordinator at ${origin} is there, but a proxy between does not pass WebSockets on. Whoever runs the proxy has to let it pass the headers Upgrade and Connection on; or use an address without the proxy.`,
      );
    case 429:
    case 503:
      return failure(
        'busy',
        said === ''
          ? `What answers at ${origin} is busy (${status}).`
          : `The coordinator at ${origin} takes no more at the moment: ${said}`,
        false,
      );
    case 401:
    case 407:
      return failure(
        'notShoal',
        `What answers at ${origin} asks for a password of its own (${status}), which a coordinator does not. ${ASK}`,
      );
    case 400:
    case 403:
      if (said === '') break;
      return failure('forbidden', `The coordinator at ${origin} refuses the connection: ${said}`);
    default:
  }
  if (status >= 500) {
    return failure(
      'unreachable',
      `What stands in front of the coordinator at ${origin} cannot reach it at the moment (${status}).`,
      false,
    );
  }
  return failure(
    'notShoal',
    `What answers at ${origin} is no Shoal coordinator: it answers ${status} where a coordinator opens a WebSocket. ${ASK}`,
  );
}

export function needsHttps(origin: string): string {
  return `https is spoken at ${origin}, not http: use ${origin.replace(/^http:/, 'https:')} with the same token.`;
}

export function needsHttp(origin: string): string {
  return (
    `http is spoken at ${origin}, not https. If you trust the network between, use ` +
    `${origin.replace(/^https:/, 'http:')} with the same token; else ask for an address with https.`
  );
}

function redirected(
  { location }: HttpAnswer,
  origin: string,
  failure: (cause: FailureCause, reason: string) => ConnectFailure,
): ConnectFailure {
  const target = location !== null && URL.canParse(location, origin) ? new URL(location, origin) : null;
  if (target?.origin === origin.replace(/^http:/, 'https:') && target.origin !== origin) {
    return failure('needsHttps', needsHttps(origin));
  }
  const where =
    target === null || target.origin === origin ? '' : ` to ${printable(target.origin.slice(0, 200))}`;
  return failure(
    'redirect',
    `What answers at ${origin} sends the worker on${where}, and a worker follows nobody: a token is for one address only. ` +
      'If the coordinator is meant to be there, ask for a link with that address.',
  );
}

/** Whole seconds or a date (RFC 9110, 10.2.3). */
function retryAfterOf(text: string | null, now: number): number | null {
  if (text === null) return null;
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1_000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

/** What a coordinator says of its refusal, on one line. */
function sentenceOf(text: string): string {
  const [line = ''] = text.split('\n');
  return printable(line.trim().slice(0, 300));
}
