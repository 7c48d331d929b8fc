/** Why a run cannot be computed on this device, in English. */
import type { IncapableFact } from '../../facts/connectionFacts.ts';
import { mebibytes } from '../figures.ts';
import type { Wording } from '../wording.ts';

const threadsOf = (threads: number): string => (threads === 1 ? '1 thread' : `${threads} threads`);

export const INCAPABLE_ENGLISH: Wording<IncapableFact> = {
  modelExceedsMemory: ({ bytes, bytesMax, threads }) =>
    `The model of this run would take about ${mebibytes(bytes)} of memory with ${threadsOf(threads)}, and this worker gives ` +
    `${mebibytes(bytesMax)}. Take fewer threads, or give more with --memory if you trust the coordinator.`,
  leaseExceedsMemory: ({ lease, bytes, held, bytesMax }) =>
    `Lease ${lease} would take about ${mebibytes(bytes)} of memory beside ${mebibytes(held)}, and this worker gives ` +
    `${mebibytes(bytesMax)}. Give more with --memory if you trust the coordinator.`,
  runNotUnderstood: ({ address, why }) =>
    `The run at ${address} is not one that this worker can compute: ${why} Install the same Shoal release as the coordinator.`,
  engineFails: ({ engine, times, reason }) =>
    `This machine cannot compute: ${engine ?? 'the engine'} failed ${times} times in a row, at last with: ${reason} ` +
    'Run "shoal selftest" here, and update Node.js or Shoal.',
};
