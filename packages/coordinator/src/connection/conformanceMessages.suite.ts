/** What is said over a connection in its conformance suite, and what is kept of what has been heard. */
import {
  bytesOf,
  type CoordinatorSaying,
  type Hello,
  type UnsealedParameters,
  type UnsealedPartial,
  type WorkerSaying,
} from '@shoal/core';

/** About 2 MB, as the vector of a model of half a million parameters. */
export const LONG = 500_000;
export const SHORT = 3;

export const HELLO: Hello = {
  type: 'hello',
  protocols: [1],
  token: 'token',
  identity: 'identity-1',
  name: 'ada',
  agent: 'a test',
  engines: ['wasm-strict'],
  kernels: 'k',
  threads: 1,
};

/** Every kind of bit pattern, NaN with a payload among them. */
export function bits(length: number, salt: number): Uint8Array {
  return bytesOf(Uint32Array.from({ length }, (_, i) => Math.imul(i + 1, 0x9e3779b1) ^ salt));
}

export const partial = (lease: number, vector: Uint8Array): UnsealedPartial => ({
  type: 'partial',
  lease,
  level: 0,
  index: 0,
  finite: true,
  loss: 0.1 + lease,
  correct: 1,
  count: 2,
  vector,
  checksum: null,
  computeMs: 1.5,
});

export const parameters = (version: number, vector: Uint8Array): UnsealedParameters => ({
  type: 'parameters',
  base: null,
  version,
  checksum: null,
  vector,
});

/** What has been heard at one end, a line each; vectors are kept beside it, copied when they came. */
export class Ear {
  readonly lines: string[] = [];
  readonly vectors: Uint8Array[] = [];

  hear(message: WorkerSaying | CoordinatorSaying): void {
    switch (message.type) {
      case 'partial':
        if (message.vector !== null) this.vectors.push(message.vector.slice());
        return this.add(`partial ${message.lease}`);
      case 'parameters':
        this.vectors.push(message.vector.slice());
        return this.add(`parameters ${message.version}`);
      case 'bye':
        return this.add(`bye ${message.code}: ${message.message}`);
      case 'ping':
      case 'pong':
        return this.add(`${message.type} ${message.nonce}`);
      case 'revoke':
        return this.add(`revoke ${message.lease}`);
      default:
        return this.add(message.type);
    }
  }

  add(line: string): void {
    this.lines.push(line);
  }

  count(beginning: string): number {
    return this.lines.filter((line) => line.startsWith(beginning)).length;
  }
}

/** Without the list of differences that a failing comparison of long arrays would print. */
export function isSame(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && Buffer.compare(a, b) === 0;
}
