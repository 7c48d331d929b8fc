/** Why Node.js could not open a WebSocket, in words and with a way out. */
import { connect } from 'node:tls';
import { networkReasonOf } from '../networkReason.ts';
import { type ConnectFailure, type FailureCause, needsHttp, needsHttps } from '../shell/connectFailure.ts';

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
  const failure = (cause: FailureCause, reason: string, isFinal: boolean): ConnectFailure => ({
    cause,
    reason,
    isFinal,
    retryAfterMs: null,
  });
  if (NOT_TRUSTED.includes(code)) {
    return failure(
      'certificate',
      `The certificate of ${host} is not trusted: it is signed by nobody that this machine knows. If it is the operator's own, ` +
        'ask for the file of the certificate that signed it, and start the worker with NODE_EXTRA_CA_CERTS=FILE.',
      true,
    );
  }
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return failure(
        'certificate',
        `The certificate of ${host} has expired. The operator has to renew it; or the clock of this machine is wrong.`,
        true,
      );
    case 'CERT_NOT_YET_VALID':
      return failure(
        'certificate',
        `The certificate of ${host} holds only from a later day. The clock of this machine, or of the one that made it, is wrong.`,
        true,
      );
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return failure(
        'certificate',
        `The certificate that ${host} shows is for another name. Use the name that it was made for, or ask the operator for one that names ${hostname}.`,
        true,
      );
    case 'ECONNREFUSED':
      return failure('unreachable', `Nothing listens at ${host}.`, false);
    case 'ENOTFOUND':
      return failure('unreachable', `No computer of the name ${hostname} is known here.`, false);
    case 'EAI_AGAIN':
      return failure(
        'unreachable',
        `The name ${hostname} could not be looked up: the network may be down.`,
        false,
      );
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return failure('unreachable', `No way leads from this network to ${host}.`, false);
    case 'ETIMEDOUT':
      return failure('unreachable', `${host} does not answer.`, false);
    default:
  }
  if (protocol === 'https:' && NO_TLS.includes(code)) return failure('needsHttp', needsHttp(origin), true);
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) {
    return failure(
      'certificate',
      `No secure connection to ${host} came about: ${networkReasonOf(problem)}.`,
      true,
    );
  }
  if (code.startsWith('HPE_')) {
    return failure(
      'notShoal',
      `What listens at ${host} does not speak HTTP, so that it is no coordinator.`,
      true,
    );
  }
  const broken = code === 'ECONNRESET' || code === 'EPIPE';
  if (broken && protocol === 'http:' && (await speaksTls(hostname, Number(port || 80)))) {
    return failure('needsHttps', needsHttps(origin), true);
  }
  if (broken) return failure('unreachable', `${host} broke the connection off before it was open.`, false);
  return failure('unreachable', `${networkReasonOf(problem)}.`, false);
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
