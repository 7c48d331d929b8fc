/** A data block over HTTP from the coordinator. */
import { reasonOf } from './reason.ts';

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
  let response: Response;
  let content: ArrayBuffer;
  try {
    response = await fetch(url, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    content = await response.arrayBuffer();
  } catch (problem) {
    throw new Error(`${url.href} cannot be read: ${reasonOf(problem)}.`);
  }
  if (!response.ok) throw new Error(`${url.href} answered ${response.status}.`);
  return new Uint8Array(content);
}
