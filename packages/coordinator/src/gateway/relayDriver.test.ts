import {
  Codings,
  type CoordinatorSaying,
  compileModel,
  initialParameters,
  type LeaseMessage,
  VectorArena,
  type WorkerSaying,
} from '@shoal/core';
import { beforeEach, expect, test } from 'vitest';
import { runFacts } from '../transition/drivenRun.suite.ts';
import { startRelay } from '../transition/transition.ts';
import { probeResult } from './probeResult.ts';
import { RelayDriver } from './relayDriver.ts';

const FACTS = runFacts();
const { spec } = FACTS;
const MODEL = compileModel(spec.model);
const CODINGS = new Codings(spec, MODEL);
const LEAVES = Math.ceil(spec.batch / spec.microbatch);
const HELLO = { type: 'hello', name: 'w', threads: 1 } as Parameters<RelayDriver['joined']>[1];

const leaseOf = (lease: number, from: number, to: number, version: number): LeaseMessage => ({
  ...{ type: 'lease', lease, term: 1, task: 'gradient', set: 'train', version, step: version, from, to },
  ...{ leaves: LEAVES, scales: null, values: null, expectedMs: 0 },
});

const vectorOf = (value: number): Uint8Array =>
  new Uint8Array(new Float32Array(MODEL.vectorLength).fill(value).buffer);

/** What the gateway holds, and all that it says. */
let held: Map<number, Uint8Array>;
let below: { readonly worker: number; readonly message: CoordinatorSaying }[];
let above: { readonly message: WorkerSaying; readonly ends: number | null }[];
let driver: RelayDriver;

beforeEach(() => {
  held = new Map();
  below = [];
  above = [];
  const sums = { finite: true, loss: 1, correct: 0, count: 1, node: { level: 0, index: 0 } };
  const vector = initialParameters(MODEL, spec.seed);
  driver = new RelayDriver({
    state: startRelay(FACTS),
    arena: new VectorArena({ length: MODEL.vectorLength, vectorsMax: 16 }),
    codings: CODINGS,
    parameters: (version) => held.get(version) ?? null,
    probe: {
      message: { ...leaseOf(0, 0, 1, 0), task: 'probe' },
      answer: probeResult({ spec, model: MODEL, codings: CODINGS }, { ...sums, vector }, 1).answer,
    },
    values: { of: () => null },
    term: () => 1,
    workers: {
      send: (worker, { message }) => below.push({ worker, message }),
      bye: () => {},
    },
    contributors: () => [],
    say: (message, ends) => above.push({ message, ends }),
    progressMs: 1_000,
    onCrew: () => {},
    clock: () => 0,
  });
  driver.joined(1, HELLO, { identity: 'one', origin: null, belief: 'believed', isGateway: false });
  driver.dispatch({ type: 'probed', worker: 1, fault: null, computeMs: 1 });
  below.length = 0;
});

const typesBelow = (): string[] => below.map(({ message }) => message.type);
/** Of all parameters that were sent, in order: the version, and the first value. */
const sentBelow = (): (readonly [number, number])[] =>
  below.flatMap(({ message }) =>
    message.type === 'parameters'
      ? [[message.version, new Float32Array(message.vector.slice().buffer)[0] as number] as const]
      : [],
  );

test('parameters are sent under the version that a lease names', () => {
  held.set(3, vectorOf(0.5));
  held.set(4, vectorOf(0.25));
  driver.lent(leaseOf(7, 0, 1, 3));
  driver.recalled(7);
  driver.message(1, { type: 'failed', lease: leaseBelow(), code: 'revoked', message: '' });
  driver.lent(leaseOf(8, 0, 1, 4));
  expect(sentBelow()).toEqual([
    [3, 0.5],
    [4, 0.25],
  ]);
});

test('a lease whose parameters are not here any more is given back, and nothing is sent in their name', () => {
  driver.lent(leaseOf(7, 0, 4, 3));
  expect(typesBelow()).toEqual([]);
  expect(above).toEqual([
    {
      message: {
        ...{ type: 'failed', lease: 7, code: 'unknownVersion' },
        message: 'Parameter version 3 is not here any more.',
      },
      ends: 7,
    },
  ]);
  expect(driver.state.stage.type).toBe('idle');
  // Its worker has not been told anything, and is with the next lease.
  held.set(3, vectorOf(0.5));
  driver.lent(leaseOf(9, 0, 4, 3));
  expect(typesBelow()).toEqual(['parameters', 'lease']);
  expect(sentBelow()).toEqual([[3, 0.5]]);
  expect(above).toHaveLength(1);
});

/** The number of the lease that was granted last. */
function leaseBelow(): number {
  const leases = below.flatMap(({ message }) => (message.type === 'lease' ? [message.lease] : []));
  return leases.at(-1) ?? 0;
}
