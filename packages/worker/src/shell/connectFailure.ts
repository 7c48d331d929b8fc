/** Why no connection to a coordinator came about, as far as an HTTP answer tells; the same in Node.js and in a tab. */
import { type DisconnectFact, printable } from '@shoal/core';

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
  readonly reason: DisconnectFact;
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

/** An answer other than 101 to the request for a WebSocket. `origin` is where it was sent; `now` in milliseconds since 1970. */
export function failureOfAnswer(answer: HttpAnswer, origin: string, now: number): ConnectFailure {
  const { status, shoal } = answer;
  const said = shoal === null ? '' : sentenceOf(answer.text);
  const retryAfterMs = retryAfterOf(answer.retryAfter, now);
  const failure = (cause: FailureCause, reason: DisconnectFact, isFinal = true): ConnectFailure => ({
    cause,
    reason,
    isFinal,
    retryAfterMs: isFinal ? null : retryAfterMs,
  });
  if (status >= 300 && status < 400) return redirected(answer, origin, failure);
  if (status === 400 && /plain HTTP request was sent to HTTPS port/i.test(answer.text)) {
    return failure('needsHttps', httpsSpoken(origin));
  }
  switch (status) {
    case 426:
      return failure('noUpgrade', { type: 'noWebSocket', origin, isCoordinator: shoal !== null });
    case 429:
    case 503:
      return failure(
        'busy',
        { type: 'coordinatorBusy', origin, status, said: said === '' ? null : said },
        false,
      );
    case 401:
    case 407:
      return failure('notShoal', { type: 'passwordAsked', origin, status });
    case 400:
    case 403:
      if (said === '') break;
      return failure('forbidden', { type: 'coordinatorRefuses', origin, said });
    default:
  }
  if (status >= 500) return failure('unreachable', { type: 'gatewayFails', origin, status }, false);
  return failure('notShoal', { type: 'notCoordinator', origin, status });
}

/** It speaks https, not http. */
export const httpsSpoken = (origin: string): DisconnectFact => ({
  type: 'httpsSpoken',
  origin,
  use: origin.replace(/^http:/, 'https:'),
});

export const httpSpoken = (origin: string): DisconnectFact => ({
  type: 'httpSpoken',
  origin,
  use: origin.replace(/^https:/, 'http:'),
});

function redirected(
  { location }: HttpAnswer,
  origin: string,
  failure: (cause: FailureCause, reason: DisconnectFact) => ConnectFailure,
): ConnectFailure {
  const target = location !== null && URL.canParse(location, origin) ? new URL(location, origin) : null;
  if (target?.origin === origin.replace(/^http:/, 'https:') && target.origin !== origin) {
    return failure('needsHttps', httpsSpoken(origin));
  }
  const to = target === null || target.origin === origin ? null : printable(target.origin.slice(0, 200));
  return failure('redirect', { type: 'redirected', origin, to });
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
