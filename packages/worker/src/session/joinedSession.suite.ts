/** A session that has joined a tiny run, and what is said to it, for the tests of sessions. */
import { bytesOf, xxh32 } from '@shoal/core';
import type { ArrayAnswer, SlotAnswer } from '../slot/slotMessages.ts';
import { numbersOf, tinyVectorLength, tinyWelcome } from '../tinyRun.suite.ts';
import { Transcript } from './transcript.suite.ts';

export const JOINED_1 = 'info: Joined run tiny-1 at http://host:1 with 1 thread of wasm-strict.';

export function joined(
  threads = 1,
  options: Omit<ConstructorParameters<typeof Transcript>[0], 'threads'> = {},
): Transcript {
  const script = new Transcript({ threads, ...options });
  script.on({ type: 'connected' });
  script.hear(tinyWelcome);
  return script;
}

export function sums(level: number, index: number, count: number, value = 1): ArrayAnswer {
  const vector = new Float32Array(tinyVectorLength).fill(value);
  return { node: { level, index }, finite: true, loss: count / 2, correct: 1, count, vector };
}

export const finished = (job: number, ...parts: ArrayAnswer[]): SlotAnswer => ({
  type: 'finished',
  job,
  answers: parts,
  computeMs: 4 * job,
});

export const vector = bytesOf(new Float32Array(tinyVectorLength).fill(0.5));
export const parameters = (version: number) =>
  ({ type: 'parameters', version, base: null, checksum: xxh32(vector), vector }) as const;

/** The samples of leaves [from, to) of the step that leases are of, as a transcript names them. */
export const samplesOf = (from: number, to: number): string => numbersOf(from, to, 13).join(' ');
