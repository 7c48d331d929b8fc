/** A data block over HTTP from the coordinator. */
import { networkReasonOf } from './networkReason.ts';

export type HttpBlockOptions = {
  /** `http://host:port` and the path that a block's hash follows. */
  readonly origin: string;
  readonly blocksPath: string;
  readonly token: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

/** @throws Error, as a sentence */
export async function fetchBlock(sha256: string, options: HttpBlockOptions): Promise<Uint8Array> {
  const { origin, blocksPath, token, timeoutMs, signal } = options;
  const url = new URL(`${blocksPath.replace(/\/$/, '')}/${sha256}`, origin);
  if (url.origin !== origin) throw new Error(`The data blocks lie at ${url.origin}, not at the coordinator.`);
  // `AbortSignal.any` and `timeout` are younger than browsers in use.
  const request = new AbortController();
  const stop = (): void => request.abort(signal.reason);
  const late = setTimeout(() => request.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  signal.addEventListener('abort', stop);
  try {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(url, { headers, signal: request.signal });
    const content = await response.arrayBuffer();
    if (response.ok) return new Uint8Array(content);
    throw new Error(`the coordinator answered ${response.status}`);
  } catch (problem) {
    throw new Error(`${url.href} cannot be read: ${networkReasonOf(problem)}.`);
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', stop);
  }
}
