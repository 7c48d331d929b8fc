/**
 * Downloads the MNIST files: each into `<name>.gz.part`, continued with an HTTP range after a break, checked by
 * the SHA-256 of its unpacked content and only then renamed to `<name>.gz`.
 */
import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fetch, type Response } from 'undici';
import { DataError, reasonWithCause } from './dataError.ts';
import { MNIST_FILES } from './mnist.ts';
import type { Environment } from './places.ts';
import { type NamedProxy, proxyAgent, proxyOf, proxyTold } from './proxy.ts';
import { ROLES } from './roles.ts';
import { readUnpacked } from './unpacked.ts';

/** Folders on the web that hold `<name>.gz` for each of the four files. */
export const MNIST_MIRRORS: readonly string[] = [
  'https://ossci-datasets.s3.amazonaws.com/mnist',
  'https://storage.googleapis.com/cvdf-datasets/mnist',
];

export const DOWNLOAD_LIMITS = {
  /** From the request to the first byte of the answer. */
  answerTimeoutMs: 15_000,
  /** Between two pieces of the answer. */
  silenceTimeoutMs: 20_000,
  /** Tries for one file, mirrors taking turns. */
  attemptsMax: 6,
  /** Pause after every mirror has failed once more. */
  pauseMs: 1_000,
  /** A longer file is no MNIST file. */
  fileBytesMax: 67_108_864,
};
export type DownloadLimits = { readonly [Name in keyof typeof DOWNLOAD_LIMITS]: number };

export type DownloadProgress = {
  readonly file: string;
  /** 1 … `files`. */
  readonly number: number;
  readonly files: number;
  readonly receivedBytes: number;
  /** Null while the server does not say. */
  readonly totalBytes: number | null;
};

export type DownloadOptions = {
  /** Where the files go; made when it is not there. */
  readonly folder: string;
  readonly onProgress: (progress: DownloadProgress) => void;
  readonly onNotice: (sentence: string) => void;
  /** Names the proxy, if there is one: HTTPS_PROXY and its kin. */
  readonly environment: Environment;
  readonly mirrors?: readonly string[];
  readonly limits?: Partial<DownloadLimits>;
  /** What to fetch; by default the MNIST files. `sha256` is that of the unpacked content. */
  readonly files?: readonly { readonly name: string; readonly sha256: string }[];
};

type Report = (receivedBytes: number, totalBytes: number | null) => void;

const sizeOf = async (path: string): Promise<number> => {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
};

/** The place in the file where this answer begins, after the server's word is checked. */
const beginOf = (response: Response, have: number): number => {
  if (response.status === 200) return 0;
  const begin = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1];
  if (response.status === 206 && begin !== undefined && Number(begin) === have) return have;
  throw new DataError(`it answered ${response.status} ${response.statusText}`.trimEnd());
};

/** Fetches what is missing of one file onto its part. Rejects when the answer breaks off; the part stays. */
const fetchOnto = async (
  url: string,
  part: string,
  proxy: NamedProxy | null,
  limits: DownloadLimits,
  report: Report,
): Promise<void> => {
  const aborter = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const expectWithin = (timeoutMs: number, what: string): void => {
    clearTimeout(timer);
    timer = setTimeout(() => aborter.abort(new DataError(`${what} within ${timeoutMs} ms`)), timeoutMs);
  };
  const agent = proxy === null ? null : proxyAgent(proxy);
  const have = await sizeOf(part);
  try {
    expectWithin(limits.answerTimeoutMs, 'it did not answer');
    const headers: Record<string, string> = { 'accept-encoding': 'identity' };
    if (have > 0) headers.range = `bytes=${have}-`;
    const response = await fetch(url, {
      headers,
      signal: aborter.signal,
      ...(agent !== null && { dispatcher: agent }),
    });
    // The server has nothing beyond what is here: whether that is the file, its checksum will tell.
    if (response.status === 416 && have > 0) {
      await response.body?.cancel();
      return;
    }
    const begin = beginOf(response, have);
    const length = response.headers.get('content-length');
    const total = length === null ? null : begin + Number(length);
    const file = await open(part, begin === 0 ? 'w' : 'a');
    try {
      let received = begin;
      report(received, total);
      expectWithin(limits.silenceTimeoutMs, 'it sent nothing');
      for await (const piece of response.body ?? []) {
        clearTimeout(timer);
        received += piece.length;
        if (received > limits.fileBytesMax) {
          throw new DataError(`it sent more than ${limits.fileBytesMax} bytes`);
        }
        await file.writeFile(piece);
        report(received, total);
        expectWithin(limits.silenceTimeoutMs, 'it sent nothing');
      }
      await file.sync();
      if (total !== null && received < total) {
        throw new DataError(`it broke off after ${received} of ${total} bytes`);
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    const cause = aborter.signal.aborted ? aborter.signal.reason : error;
    if (proxy === null || isOfTheDisk(cause)) throw cause;
    const refused = /Proxy response \((\d+)\)/.exec(reasonWithCause(cause))?.[1];
    const reason = refused === undefined ? reasonWithCause(cause) : `the proxy answered ${refused}`;
    throw new DataError(`${reason}, through ${proxyTold(proxy)}`);
  } finally {
    clearTimeout(timer);
    aborter.abort();
    await agent?.destroy();
  }
};

/** Errors that another try or another mirror does not mend. */
const isOfTheDisk = (error: unknown): boolean => {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EACCES' || code === 'EROFS' || code === 'EPERM';
};

/** How to go on when every try has failed. */
const wayOut = (failures: readonly string[], { folder }: DownloadOptions): string => {
  const told = failures.join('; ');
  const byHand = `put the four files into ${folder}, or point to them with --data DIR`;
  if (/\b407\b/.test(told)) {
    return `The proxy wants a name and a password: write them into its variable as http://NAME:PASSWORD@HOST:PORT, ${byHand}.`;
  }
  if (/through the proxy/.test(told)) {
    return `Check the proxy, list the host in NO_PROXY to do without it, ${byHand}.`;
  }
  return `Check the network, set HTTPS_PROXY if it is reached through a proxy, ${byHand}.`;
};

/** True when the part, unpacked, is the file that was asked for. */
const isWhole = async (part: string, sha256: string): Promise<boolean> => {
  try {
    const content = await readUnpacked(part);
    return createHash('sha256').update(content).digest('hex') === sha256;
  } catch (error) {
    if (error instanceof DataError) return false;
    throw error;
  }
};

const downloadFile = async (
  file: { readonly name: string; readonly sha256: string },
  mirrors: readonly string[],
  options: DownloadOptions,
  limits: DownloadLimits,
  report: Report,
): Promise<void> => {
  const target = join(options.folder, `${file.name}.gz`);
  const part = `${target}.part`;
  const failures: string[] = [];
  for (let attempt = 0; attempt < limits.attemptsMax; attempt += 1) {
    if (attempt > 0 && attempt % mirrors.length === 0) {
      await new Promise((resume) => setTimeout(resume, limits.pauseMs));
    }
    const url = `${mirrors[attempt % mirrors.length]}/${file.name}.gz`;
    let failure: string;
    try {
      await fetchOnto(url, part, proxyOf(url, options.environment), limits, report);
      if (await isWhole(part, file.sha256)) {
        await rename(part, target);
        return;
      }
      // Nothing of it can be trusted, so that the next try begins anew.
      await rm(part, { force: true });
      failure = 'its content has the wrong SHA-256';
    } catch (error) {
      if (isOfTheDisk(error)) throw error;
      failure = reasonWithCause(error);
    }
    const sentence = `${url}: ${failure}`;
    if (!failures.includes(sentence)) failures.push(sentence);
    options.onNotice(
      `Downloading ${file.name} failed (try ${attempt + 1} of ${limits.attemptsMax}): ${sentence}.`,
    );
  }
  throw new DataError(
    `${file.name} could not be downloaded: ${failures.join('; ')}. ${wayOut(failures, options)}`,
  );
};

/**
 * Fetches every file that is not in the folder yet. A file found there is left alone (the search checks its sum).
 * @throws DataError, a sentence with the last reason of each mirror
 */
export const downloadMnist = async (options: DownloadOptions): Promise<void> => {
  const limits: DownloadLimits = { ...DOWNLOAD_LIMITS, ...options.limits };
  const mirrors = options.mirrors ?? MNIST_MIRRORS;
  const files = options.files ?? ROLES.map((role) => MNIST_FILES[role]);
  // What a variable holds in the place of a proxy is told at once, not once for every try.
  for (const mirror of mirrors) proxyOf(mirror, options.environment);
  try {
    await mkdir(options.folder, { recursive: true });
    for (const [index, file] of files.entries()) {
      const report: Report = (receivedBytes, totalBytes) => {
        const number = index + 1;
        options.onProgress({ file: file.name, number, files: files.length, receivedBytes, totalBytes });
      };
      const present = join(options.folder, `${file.name}.gz`);
      if ((await sizeOf(present)) > 0 && (await isWhole(present, file.sha256))) continue;
      await downloadFile(file, mirrors, options, limits, report);
    }
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(
      `The download into ${options.folder} failed: ${reasonWithCause(error)}. Make room or permit writing there, or point to MNIST with --data.`,
    );
  }
};
