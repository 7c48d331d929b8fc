/** Runs one seed: a cluster, its faults, and the invariants that must hold after every event. */
import { earliestSuspect, type PreparedRun, probeAnswer, type RunState } from '@shoal/coordinator/simulation';
import { type RunSpec, sentence } from '@shoal/core';
import { unleash } from './chaos.ts';
import { Disk } from './disk.ts';
import type { Liar } from './liars.ts';
import { COORDINATOR_ADDRESS, type Host } from './network.ts';
import { type CoordinatorWatch, SimCoordinator } from './simCoordinator.ts';
import { SimGateway } from './simGateway.ts';
import { SimWorker } from './simWorker.ts';
import { openWorkbench, type Workbench } from './workbench.ts';
import { World } from './world.ts';

export type Simulator = {
  readonly bench: Workbench;
  readonly probe: Awaited<ReturnType<typeof probeAnswer>>;
  /** What some of the workers, but never all, answer instead of the truth; null where all are honest. */
  readonly liar: ((draw: () => number) => Liar) | null;
  /** The operator changes again and again how workers are checked, and the first worker is the coordinator's own. */
  readonly isRestless: boolean;
  /** Some of the workers join by gateways, and some of these by another one. */
  readonly hasGateways: boolean;
};

export async function openSimulator(
  change: Readonly<Record<string, unknown>> = {},
  liar: Simulator['liar'] = null,
  isRestless = false,
  hasGateways = false,
): Promise<Simulator> {
  const bench = await openWorkbench(change);
  return { bench, probe: await probeAnswer(bench.prepare()), liar, isRestless, hasGateways };
}

export type Verdict = {
  /** Null when every invariant held; else the sentence that says which did not. */
  readonly problem: string | null;
  readonly events: number;
  readonly virtualSeconds: number;
  readonly crashes: number;
  readonly tornWrites: number;
  readonly convictions: number;
  /** Of these, of somebody who was the guest of a gateway. */
  readonly convictionsBehind: number;
  readonly rollbacks: number;
  /** Somebody lied and was not found out before the run ended: then its bits are not promised. */
  readonly deceived: boolean;
  readonly trace: readonly string[];
};

/** A run that has not ended after so many events never will. */
const EVENTS_MAX = 400_000;
/** With a healthy worker connected all the time, a step takes less than this even when everything is slow. */
export const PROGRESS_MS = 400_000;
/** Vectors beside open gradients: parameters and the optimizer's moments; what is held and what it changes by. */
export const fixedVectors = ({ coding }: RunSpec): number => (coding.down === 'f32' ? 3 : 5);

export async function simulate(
  simulator: Simulator,
  seed: number,
  trace: boolean,
  newDisk: (world: World) => Disk = (world) => new Disk(world),
  /** Called after every event with the state that it has led to. */
  watch: (state: RunState) => void = () => {},
): Promise<Verdict> {
  const { bench, probe, liar, isRestless, hasGateways } = simulator;
  const world = new World({ seed, trace });
  const addresses = [COORDINATOR_ADDRESS, ...(hasGateways ? gatewayAddresses(world) : [])];
  const disk = newDisk(world);
  let movedAt = 0;
  let problem: string | null = null;
  const fail = (text: string): void => {
    problem ??= text;
  };
  const coordinator = new SimCoordinator({
    world,
    bench,
    probe,
    disk,
    own: isRestless ? 'w1' : null,
    addresses: hasGateways ? addresses : [],
    watch: {
      moved: () => {
        movedAt = world.now;
      },
      step: (step, { run, driver }) => {
        movedAt = world.now;
        const before = step.globalStep - step.step;
        const samples = countOf(run, step.globalStep - 1, step.globalStep);
        const counted = countOf(run, before, step.globalStep);
        const { epochSums } = driver.state.progress;
        if (step.samples !== samples) fail(`step ${step.globalStep} has ${step.samples} samples`);
        // The sums of an epoch that has just ended are over.
        if (epochSums.count !== counted && epochSums.count !== 0) {
          fail(
            `after step ${step.step} of epoch ${step.epoch}, ${epochSums.count} samples count instead of ${counted}`,
          );
        }
      },
    },
  });
  const network = new Map<string, Host>([[COORDINATOR_ADDRESS, coordinator]]);
  const gateways = hasGateways ? openGateways(world, bench, network, addresses) : [];
  const workers = Array.from(
    { length: 1 + world.integer(5) },
    (_, i) =>
      new SimWorker({
        world,
        bench,
        coordinator,
        name: `w${i + 1}`,
        threads: 1 + world.integer(3),
        leafMs: world.between(20, 400),
        quality: { latencyMs: world.between(0.1, 60), bytesPerMs: world.between(2, 500) },
        ...(hasGateways && { network, address: addresses[world.integer(addresses.length)] as string }),
        ...(liar !== null && i > 0 && world.chance() < 0.4 && { liar: liar(() => world.chance()) }),
      }),
  );
  coordinator.start();
  for (const gateway of gateways) world.after(world.between(0, 1000), () => gateway.start());
  for (const worker of workers) world.after(world.between(0, 2000), () => worker.start());
  if (isRestless) fidget(world, coordinator);
  unleash({ world, coordinator, disk, workers, gateways, untilMs: world.between(1_000, 60_000) });

  let events = 0;
  while (coordinator.end === null && problem === null && world.step()) {
    events += 1;
    // Checkpoint writes are promises; what waits for them goes on before the next event.
    await Promise.resolve();
    await Promise.resolve();
    problem ??= brokenBound(coordinator, workers.length + gateways.length) ?? brokenGateway(gateways);
    if (coordinator.life !== null) watch(coordinator.life.driver.state);
    if (!workers.some((worker) => worker.isHealthy()) || coordinator.life === null) movedAt = world.now;
    if (world.now - movedAt > PROGRESS_MS)
      problem ??= `no step was done in ${PROGRESS_MS / 1000} s although a worker was there`;
    if (events > EVENTS_MAX) problem ??= `the run has not ended after ${EVENTS_MAX} events`;
  }
  const convicted = new Set(coordinator.evidence.map(({ identity }) => identity));
  const deceived = workers.some(({ lied }) => [...lied].some((identity) => !convicted.has(identity)));
  const falsely = [...convicted].find((identity) => !workers.some(({ lied }) => lied.has(identity)));
  if (falsely !== undefined) problem ??= `${falsely} was convicted but has never lied`;
  if (problem === null && !deceived) problem = wrongEnd(coordinator, bench);
  return {
    problem,
    events,
    virtualSeconds: world.now / 1000,
    crashes: coordinator.crashes,
    tornWrites: disk.tornWrites,
    convictions: convicted.size,
    convictionsBehind: coordinator.convictedGuests,
    rollbacks: coordinator.rollbacks,
    deceived,
    trace: world.trace,
  };
}

type EpochDone = Parameters<NonNullable<CoordinatorWatch['epoch']>>[0];
const EPOCH_FIGURES = [
  'trainLoss',
  'trainAccuracy',
  'trainErrors',
  'validationLoss',
  'validationAccuracy',
  'improved',
] as const;

const gatewayAddresses = (world: World): string[] =>
  Array.from({ length: 1 + world.integer(3) }, (_, i) => `http://g${i + 1}`);

/** Each hangs from the coordinator, or from one before it. */
function openGateways(
  world: World,
  bench: Workbench,
  network: Map<string, Host>,
  addresses: readonly string[],
): SimGateway[] {
  return addresses.slice(1).map((address, i) => {
    const gateway = new SimGateway({
      ...{ world, bench, network, address, name: `g${i + 1}` },
      others: addresses.filter((one) => one !== address),
      above: addresses[world.integer(i + 1)] as string,
      quality: { latencyMs: world.between(0.1, 60), bytesPerMs: world.between(2, 500) },
    });
    network.set(address, gateway);
    return gateway;
  });
}

/** No more vectors than there are nodes to pass on. */
export function brokenGateway(gateways: readonly SimGateway[]): string | null {
  for (const { name, gateway } of gateways) {
    const run = gateway?.run ?? null;
    if (run === null) continue;
    const { stage } = run.driver.state;
    const nodes = 'task' in stage ? stage.task.reduction.held.size : 0;
    if (run.vectors > nodes) return `${name} holds ${run.vectors} gradients for ${nodes} nodes`;
  }
  return null;
}

const POLICIES = [
  { spotCheck: 0, quorum: 1 },
  { spotCheck: 0.3, quorum: 1 },
  { spotCheck: 0.1, quorum: 2 },
  { spotCheck: 0.1, quorum: 3 },
] as const;

/** Another policy every few seconds, the last time one that checks. */
function fidget(world: World, coordinator: SimCoordinator): void {
  const untilMs = world.between(0, 40_000);
  const change = (): void => {
    if (coordinator.end !== null) return;
    const isLast = world.now > untilMs;
    const policy = POLICIES[isLast ? 1 : world.integer(POLICIES.length)] ?? POLICIES[0];
    coordinator.life?.driver.dispatch({ type: 'trust', policy, reason: { type: 'trustChanged', ...policy } });
    if (!isLast) world.after(world.between(0, 3_000), change);
  };
  world.after(world.between(0, 3_000), change);
}

/** Samples that the steps [from, to) of the run must have counted. */
export function countOf(run: PreparedRun, from: number, to: number): number {
  const { spec, counts } = run.facts;
  const { steps, batch, epochs } = spec;
  const all = counts.train;
  const behind = (step: number): number => {
    if (steps.type === 'localSteps') {
      return Math.min(step * steps.replicas * steps.localSteps * batch, epochs * all);
    }
    const perEpoch = Math.ceil(all / batch);
    return Math.floor(step / perEpoch) * all + Math.min((step % perEpoch) * batch, all);
  };
  return behind(to) - behind(from);
}

/** Every queue within its bound. */
function brokenBound(coordinator: SimCoordinator, workers: number): string | null {
  const life = coordinator.life;
  if (life === null) return null;
  const { state } = life.driver;
  let nodes = 0;
  if (earliestSuspect(state.trust.ledger, state.trust.convicted) !== null)
    return 'something is in the run that only the convicted have vouched for';
  for (const worker of state.workers.values()) {
    // A gateway may have shrunk since it was granted them.
    if (worker.crew === null && worker.held.length > worker.leasesMax)
      return `${worker.name} holds ${worker.held.length} leases`;
  }
  if ('task' in state.stage) nodes = state.stage.task.reduction.held.size;
  const open = life.run.arena.size - fixedVectors(life.run.facts.spec);
  nodes += heldBack(state);
  if (open > nodes + 1) return `${open} gradients are held for ${nodes} nodes of the tree`;
  // A process that died behind a broken line is counted until its silence is noticed; a few may pile up.
  if (state.workers.size > workers * 8) return `${state.workers.size} workers are counted`;
  return null;
}

/** What is told of an epoch is what it was alone. */
export function wrongEpoch(record: EpochDone, { expected }: Workbench): string | null {
  const alone = expected.history[record.epoch - 1];
  if (alone === undefined) return `epoch ${record.epoch} is told, which there is not`;
  for (const figure of EPOCH_FIGURES) {
    if (record[figure] !== alone[figure])
      return `epoch ${record.epoch} has ${figure} ${record[figure]} instead of ${alone[figure]}`;
  }
  return null;
}

/** Answers that do not count yet. */
export function heldBack(state: RunState): number {
  if (!('task' in state.stage)) return 0;
  let held = 0;
  for (const { scrutiny } of state.stage.task.grants) {
    for (const known of scrutiny?.candidates.values() ?? []) held += known.length;
  }
  return held;
}

export function wrongEnd(coordinator: SimCoordinator, bench: Workbench): string | null {
  const { end, parametersSha256 } = coordinator;
  const { expected } = bench;
  if (end === null) return 'nothing happens any more, but the run has not ended';
  const reason = sentence(expected.reason, 'en');
  const said = sentence(end.reason, 'en');
  if (end.state !== expected.state || said !== reason) {
    return `the run ended as ${end.state} (${said}) instead of ${expected.state} (${reason})`;
  }
  if (end.epochs !== expected.epochs || end.steps !== expected.steps) {
    return `the run took ${end.epochs} epochs and ${end.steps} steps instead of ${expected.epochs} and ${expected.steps}`;
  }
  if (parametersSha256 !== expected.parametersSha256) {
    return `the parameters are ${parametersSha256.slice(0, 12)}… instead of ${expected.parametersSha256.slice(0, 12)}…`;
  }
  if (expected.state === 'finished' && expected.test?.loss !== end.testLoss) {
    return `the test loss is ${end.testLoss} instead of ${expected.test?.loss}`;
  }
  return null;
}
