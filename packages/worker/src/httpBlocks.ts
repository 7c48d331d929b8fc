/** A data block over HTTP from the coordinator: never more of it than the manifest states, and from nowhere else. */
import type { BlockInfo } from '@shoal/core';
import { networkReasonOf } from './networkReason.ts';

export type HttpBlockOptions = {
  /** `http://host:port`, the base path behind it, and the path that a block's hash follows. */
  readonly address: string;
  readonly blocksPath: string;
  readonly token: string;
  /** Without a byte of it. */
  readonly silenceMs: number;
  /** Told of the bytes that have come so far, unpacked. */
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
};

/** @throws Error, as a sentence */
export async function fetchBlock(
  { sha256, byteLength }: Pick<BlockInfo, 'sha256' | 'byteLength'>,
  options: HttpBlockOptions,
): Promise<Uint8Array> {
  const { address, blocksPath, token, silenceMs, onBytes, signal } = options;
  const { origin } = new URL(address);
  const url = new URL(`${address.slice(origin.length)}${blocksPath.replace(/\/$/, '')}/${sha256}`, origin);
  if (url.origin !== origin) throw new Error(`The data blocks lie at ${url.origin}, not at the coordinator.`);
  // `AbortSignal.any` and `timeout` are younger than browsers in use.
  const request = new AbortController();
  const stop = (): void => request.abort(signal.reason);
  const giveUp = (): void => request.abort(new Error(`nothing came for ${silenceMs} ms`));
  let silent = setTimeout(giveUp, silenceMs);
  signal.addEventListener('abort', stop);
  try {
    const headers = { authorization: `Bearer ${token}` };
    // Followed, a redirect would lead past the check of the origin, to a service on this very machine perhaps.
    const response = await fetch(url, { headers, signal: request.signal, redirect: 'manual' });
    if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
      throw new Error('the coordinator answered with a redirect, which is not followed');
    }
    if (!response.ok) throw new Error(`the coordinator answered ${response.status}`);
    return await contentOf(response, byteLength, (bytes) => {
      clearTimeout(silent);
      silent = setTimeout(giveUp, silenceMs);
      onBytes(bytes);
    });
  } catch (problem) {
    throw new Error(`${url.href} cannot be read: ${networkReasonOf(problem)}.`);
  } finally {
    clearTimeout(silent);
    signal.removeEventListener('abort', stop);
    // Whatever still comes is not waited for.
    request.abort();
  }
}

/** What comes out of it, unpacked if it came packed: a few packed bytes may become gigabytes. */
async function contentOf(
  response: Response,
  byteLength: number,
  onBytes: (bytes: number) => void,
): Promise<Uint8Array> {
  const content = new Uint8Array(byteLength);
  let length = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    if (length + part.value.length > byteLength) {
      throw new Error(`it is longer than the ${byteLength} bytes that it should have`);
    }
    content.set(part.value, length);
    length += part.value.length;
    onBytes(length);
  }
  if (length < byteLength) throw new Error(`it ends after ${length} of ${byteLength} bytes`);
  return content;
}
