/**
 * Runs one seed of a cluster whose coordinators and gateways die, sleep and are cut off, and what must hold after every
 * event.
 */
import { BrokerModel } from '@shoal/coordinator/simulation';
import type { Host } from '../network.ts';
import { SimGateway } from '../simGateway.ts';
import { brokenGateway, countOf, PROGRESS_MS, type Simulator, wrongEnd, wrongEpoch } from '../simulate.ts';
import { SimWorker } from '../simWorker.ts';
import { World } from '../world.ts';
import { type Bugs, type ClusterWatch, SimMember } from './simMember.ts';
import { type Troubles, trouble } from './trouble.ts';

export const LEASE_MS = 5_000;
const EVENTS_MAX = 1_000_000;
/** Once nothing goes wrong any more, somebody leads within this time, and goes on leading. */
const LEADERLESS_MS = 60_000;

export type ClusterVerdict = {
  /** Null when everything held; else the sentence that says what did not. */
  readonly problem: string | null;
  readonly virtualSeconds: number;
  readonly terms: number;
  /** Of these, terms of a process that had led before. */
  readonly again: number;
  readonly gateways: number;
  readonly crashes: number;
  /** Of steps that were said to be kept. */
  readonly kept: number;
  readonly trace: readonly string[];
};

export async function simulateCluster(
  simulator: Simulator,
  seed: number,
  trace = false,
  bugs: Bugs = {},
): Promise<ClusterVerdict> {
  const world = new World({ seed, trace });
  const broker = new BrokerModel({ leaseMs: LEASE_MS, clock: () => world.now });
  let problem: string | null = null;
  const fail = (text: string): void => {
    problem ??= text;
  };
  const owners = new Map<number, string>();
  let newest = 0;
  let again = 0;
  let movedAt = 0;
  let ledAt = 0;
  let acknowledged = 0;
  let kept = 0;
  const watch: ClusterWatch = {
    moved: () => {
      movedAt = world.now;
    },
    // Also of a leader that does not know yet that it is none any more: it has told it.
    epoch: (record) => {
      const wrong = wrongEpoch(record, simulator.bench);
      if (wrong !== null) fail(wrong);
    },
    step: (step, { run, driver }) => {
      movedAt = world.now;
      const counted = countOf(run, step.globalStep - step.step, step.globalStep);
      const { epochSums } = driver.state.progress;
      if (step.samples !== countOf(run, step.globalStep - 1, step.globalStep)) {
        fail(`step ${step.globalStep} has ${step.samples} samples`);
      }
      // The sums of an epoch that has just ended are over.
      if (epochSums.count !== counted && epochSums.count !== 0) {
        fail(`after step ${step.globalStep}, ${epochSums.count} samples count instead of ${counted}`);
      }
    },
    began: (who, term) => {
      const owner = owners.get(term);
      if (owner !== undefined) fail(`${who} leads in term ${term}, and so did ${owner}`);
      if (term <= newest) fail(`${who} leads in term ${term} after term ${newest}`);
      if ([...owners.values()].includes(who)) again += 1;
      owners.set(term, who);
      troubles.began();
      newest = term;
    },
    granted: (who, term) => {
      if (owners.get(term) !== who) fail(`${who} grants in term ${term}, which is ${owners.get(term)}'s`);
      if (term < newest) fail(`${who} grants in term ${term} although term ${newest} has begun`);
    },
    leads: (who, term, step) => {
      // One that does not know yet that another leads may go on from where it stood: it may grant and keep nothing.
      if (term === newest && step < acknowledged)
        fail(`${who} goes on from step ${step}, but step ${acknowledged} was said to be kept`);
    },
    kept: (step) => {
      kept += 1;
      acknowledged = Math.max(acknowledged, step);
    },
  };
  // Of so small a run all would lie in its record.
  const inlineBytesMax = world.chance() < 0.5 ? 256 : null;
  const hasSlowLine = world.chance() < 0.3;
  const members = Array.from(
    { length: 2 + world.integer(2) },
    (_, i) =>
      new SimMember({
        ...{ world, simulator, broker, watch, inlineBytesMax, hasSlowLine, bugs },
        name: `c${i + 1}`,
      }),
  );
  const network = new Map<string, Host>(members.map((member) => [member.address, member]));
  const gateways = openGateways(world, simulator, network);
  const places = [...members, ...gateways, ...gateways];
  const workers = Array.from({ length: 1 + world.integer(4) }, (_, i) => {
    const { address } = places[world.integer(places.length)] as SimMember | SimGateway;
    return new SimWorker({
      ...{ world, bench: simulator.bench, coordinator: members[0] as SimMember, network, address },
      name: `w${i + 1}`,
      threads: 1 + world.integer(2),
      leafMs: world.between(20, 400),
      quality: { latencyMs: world.between(0.1, 60), bytesPerMs: world.between(2, 500) },
    });
  });
  for (const member of members) world.after(world.between(0, 1_000), () => member.start());
  for (const gateway of gateways) world.after(world.between(0, 2_000), () => gateway.start());
  for (const worker of workers) world.after(world.between(0, 3_000), () => worker.start());
  const troubles: Troubles = trouble({
    ...{ world, broker, members, gateways, workers, untilMs: world.between(5_000, 90_000) },
  });

  const ended = () => members.find(({ coordinator }) => coordinator?.end != null)?.coordinator ?? null;
  for (let events = 0; ended() === null && problem === null; events += 1) {
    if (!world.step()) fail('nothing happens any more, but the run has not ended');
    if (events > EVENTS_MAX) fail(`the run has not ended after ${EVENTS_MAX} events`);
    // What the broker answers is a promise, and so is all that follows from it in this moment.
    await new Promise((resolve) => setImmediate(resolve));
    const acting = members.filter(({ mayAct }) => mayAct);
    if (acting.length > 0 || world.now < troubles.overAt) ledAt = world.now;
    if (world.now < troubles.overAt) movedAt = world.now;
    if (world.now - ledAt > LEADERLESS_MS) fail(`nobody has led for ${LEADERLESS_MS / 1000} s of peace`);
    if (world.now - movedAt > PROGRESS_MS) fail(`no step was done in ${PROGRESS_MS / 1000} s of peace`);
    problem ??= brokenGateway(gateways);
    if (acting.length > 1) fail(`${acting.map(({ name }) => name).join(' and ')} may act in one moment`);
  }
  const last = ended();
  if (problem === null && last !== null) problem = wrongEnd(last, simulator.bench);
  return {
    problem,
    virtualSeconds: world.now / 1_000,
    terms: newest,
    again,
    gateways: gateways.length,
    crashes: members.reduce((sum, { crashes }) => sum + crashes, 0),
    kept,
    trace: world.trace,
  };
}

/** Some hang from a coordinator, some from one before them; all are told of every coordinator. */
function openGateways(world: World, { bench }: Simulator, network: Map<string, Host>): SimGateway[] {
  const above = [...network.keys()];
  const addresses = Array.from({ length: world.integer(3) }, (_, i) => `http://g${i + 1}`);
  return addresses.map((address, i) => {
    const gateway = new SimGateway({
      ...{ world, bench, network, address, name: `g${i + 1}` },
      others: addresses.filter((one) => one !== address),
      above: above[world.integer(above.length)] as string,
      quality: { latencyMs: world.between(0.1, 60), bytesPerMs: world.between(2, 500) },
    });
    network.set(address, gateway);
    above.push(address);
    return gateway;
  });
}
