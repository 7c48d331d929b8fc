/** Why Node.js could not open a WebSocket. */
import { connect } from 'node:tls';
import type { DisconnectFact } from '@shoal/core';
import { networkReasonOf } from '../networkReason.ts';
import { type ConnectFailure, type FailureCause, httpSpoken, httpsSpoken } from '../shell/connectFailure.ts';

/** How long whoever reset an http connection may take to show that it speaks TLS. */
const TLS_PROBE_MS = 3_000;

const NOT_TRUSTED = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
];
/** What OpenSSL says of an answer that is no TLS. */
const NO_TLS = ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'EPROTO'];

/** `origin` is `http://host:port` or `https://host:port`. Asks the other side once whether it speaks TLS, where that may be it. */
export async function failureOfError(problem: unknown, origin: string): Promise<ConnectFailure> {
  const { host, hostname, port, protocol } = new URL(origin);
  const code = codeOf(problem);
  const failure = (cause: FailureCause, reason: DisconnectFact, isFinal: boolean): ConnectFailure => ({
    cause,
    reason,
    isFinal,
    retryAfterMs: null,
  });
  if (NOT_TRUSTED.includes(code)) {
    return failure('certificate', { type: 'certificateUntrusted', host }, true);
  }
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return failure('certificate', { type: 'certificateExpired', host }, true);
    case 'CERT_NOT_YET_VALID':
      return failure('certificate', { type: 'certificateNotYetValid', host }, true);
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return failure('certificate', { type: 'certificateOfOther', host, name: hostname }, true);
    case 'ECONNREFUSED':
      return failure('unreachable', { type: 'nothingListens', host }, false);
    case 'ENOTFOUND':
      return failure('unreachable', { type: 'hostUnknown', host: hostname }, false);
    case 'EAI_AGAIN':
      return failure('unreachable', { type: 'hostNotLookedUp', host: hostname }, false);
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return failure('unreachable', { type: 'noRoute', host }, false);
    case 'ETIMEDOUT':
      return failure('unreachable', { type: 'noAnswer', host }, false);
    default:
  }
  if (protocol === 'https:' && NO_TLS.includes(code)) return failure('needsHttp', httpSpoken(origin), true);
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) {
    return failure('certificate', { type: 'tlsFailed', host, reason: networkReasonOf(problem) }, true);
  }
  if (code.startsWith('HPE_')) return failure('notShoal', { type: 'notHttp', host }, true);
  const broken = code === 'ECONNRESET' || code === 'EPIPE';
  if (broken && protocol === 'http:' && (await speaksTls(hostname, Number(port || 80)))) {
    return failure('needsHttps', httpsSpoken(origin), true);
  }
  if (broken) return failure('unreachable', { type: 'brokenOff', host }, false);
  return failure('unreachable', { type: 'connectionBroken', reason: networkReasonOf(problem) }, false);
}

function codeOf(problem: unknown): string {
  if (problem instanceof AggregateError && problem.errors.length > 0) return codeOf(problem.errors[0]);
  if (!(problem instanceof Error)) return '';
  if ('code' in problem && typeof problem.code === 'string') return problem.code;
  return problem.cause === undefined ? '' : codeOf(problem.cause);
}

/** Says nothing over it: only whether there is a handshake. */
function speaksTls(hostname: string, port: number): Promise<boolean> {
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = connect({ host, port, rejectUnauthorized: false });
    const end = (speaks: boolean) => (): void => {
      socket.destroy();
      resolve(speaks);
    };
    socket.setTimeout(TLS_PROBE_MS, end(false));
    socket.once('secureConnect', end(true));
    socket.once('error', end(false));
    socket.once('close', end(false));
  });
}
