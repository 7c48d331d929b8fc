/** A run small enough to be computed in a test: seven microbatches a step, the last of one sample, with dropout. */
import {
  blocksOf,
  classSamples,
  type DataSplits,
  encodeSamples,
  epochOrder,
  type LeaseMessage,
  PROTOCOL_VERSION,
  type RunSpec,
  resolveRunSpec,
  type Samples,
  selectSamples,
  type Welcome,
} from '@shoal/core';
import { threadComputers } from './slot/computers.ts';
import { engineNamed } from './slot/engines.ts';
import type { SlotAnswer } from './slot/slotMessages.ts';
import { SlotProgram } from './slot/slotProgram.ts';

export const MICROBATCH = 2;

export const tinySpec: RunSpec = resolveRunSpec({
  name: 'tiny',
  about: 'A run for tests.',
  seed: 11,
  data: { source: 'digits', validation: 8 },
  model: {
    input: [6],
    layers: [
      { type: 'dense', units: 5 },
      { type: 'tanh' },
      { type: 'dropout', rate: 0.25 },
      { type: 'dense', units: 3 },
    ],
    loss: 'cross_entropy',
  },
  batch: 13,
  microbatch: MICROBATCH,
  epochs: 1,
  optimizer: { type: 'sgd', lr: 0.1 },
});

function samples(count: number, salt: number): Samples {
  const values = Uint8Array.from({ length: count * 6 }, (_, i) => (i * 73 + salt * 31) % 256);
  return classSamples(
    { shape: [6], values },
    Uint8Array.from({ length: count }, (_, i) => (i + salt) % 3),
  );
}

export const tinyData: DataSplits = { train: samples(40, 1), validation: samples(8, 2), test: samples(9, 3) };

/** The blocks of all three sets, by hash. */
export const tinyBlocks = new Map<string, Uint8Array>();
const manifestOf = (set: Samples) => {
  const { manifest, block } = blocksOf(set, { blockBytesMax: 100 });
  manifest.blocks.forEach(({ sha256 }, index) => {
    tinyBlocks.set(sha256, block(index));
  });
  return manifest;
};

export const tinyWelcome: Welcome = {
  type: 'welcome',
  protocol: PROTOCOL_VERSION,
  worker: 1,
  runId: 'tiny-1',
  spec: tinySpec as unknown as Record<string, unknown>,
  engine: 'wasm-strict',
  blocksPath: '/blocks',
  data: {
    train: manifestOf(tinyData.train),
    validation: manifestOf(tinyData.validation),
    test: manifestOf(tinyData.test),
  },
  heartbeatMs: 5_000,
  silenceMs: 20_000,
  leasesHeldMax: 2,
  term: 1,
  addresses: [],
};

export const tinyVectorLength = 5 * 6 + 5 + 3 * 5 + 3;

/** The step that the leases are of: 13 samples, so 7 microbatches. */
const STEP = 2;
const order = epochOrder(tinySpec, 0, tinyData.train.count);

/** The samples of leaves [from, to) of a tree of so many samples, which begins where the step does. */
export function numbersOf(from: number, to: number, samplesInTree: number): Uint32Array {
  const first = STEP * tinySpec.batch;
  return order.slice(first + from * MICROBATCH, first + Math.min(to * MICROBATCH, samplesInTree));
}

/** A lease of [from, to) of the step, or the probe; the values of its samples come along unless `bare`. */
export function tinyLease(
  lease: number,
  from: number,
  to: number,
  options: { readonly bare?: boolean; readonly version?: number; readonly task?: LeaseMessage['task'] } = {},
): LeaseMessage {
  const { bare = false, version = 0, task = 'gradient' } = options;
  const isProbe = task === 'probe';
  const numbers = isProbe ? order.slice(0, MICROBATCH) : numbersOf(from, to, 13);
  return {
    type: 'lease',
    lease,
    term: 1,
    task,
    set: 'train',
    version,
    step: isProbe ? 0 : STEP,
    from,
    to,
    leaves: isProbe ? 1 : 7,
    scales: null,
    values: bare ? null : encodeSamples(selectSamples(tinyData.train, numbers)),
    expectedMs: 10,
  };
}

/** A slot in this thread. */
export function slotHere(events: {
  readonly onAnswer: (answer: SlotAnswer) => void;
  readonly onUnusable: (problem: unknown) => void;
  /** Seldom, if not said otherwise. */
  readonly progressMs?: number;
  readonly lends?: boolean;
}): SlotProgram {
  return new SlotProgram({
    post: (answer) => events.onAnswer(answer),
    now: () => performance.now(),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    openComputer: threadComputers(engineNamed),
    progressMs: events.progressMs ?? 60_000,
    lends: events.lends ?? false,
    spareBuffersMax: 4,
    onUnusable: events.onUnusable,
  });
}
