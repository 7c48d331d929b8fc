/** Runs one seed of a cluster whose coordinators die, sleep and lose their broker, and what must hold after every event. */
import { BrokerModel } from '@shoal/coordinator/simulation';
import { countOf, type Simulator, wrongEnd } from '../simulate.ts';
import { SimWorker } from '../simWorker.ts';
import { World } from '../world.ts';
import { type Bugs, type ClusterWatch, SimMember } from './simMember.ts';
import { trouble } from './trouble.ts';

export const LEASE_MS = 5_000;
const EVENTS_MAX = 1_000_000;

export type ClusterVerdict = {
  /** Null when everything held; else the sentence that says what did not. */
  readonly problem: string | null;
  readonly virtualSeconds: number;
  readonly terms: number;
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
  let acknowledged = 0;
  let kept = 0;
  const watch: ClusterWatch = {
    moved: () => {},
    step: (step, { run, driver }) => {
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
      owners.set(term, who);
      newest = term;
    },
    granted: (who, term) => {
      if (owners.get(term) !== who) fail(`${who} grants in term ${term}, which is ${owners.get(term)}'s`);
      if (term < newest) fail(`${who} grants in term ${term} although term ${newest} has begun`);
    },
    leads: (who, step) => {
      if (step < acknowledged)
        fail(`${who} goes on from step ${step}, but step ${acknowledged} was said to be kept`);
    },
    kept: (step) => {
      kept += 1;
      acknowledged = Math.max(acknowledged, step);
    },
  };
  const members = Array.from(
    { length: 2 + world.integer(2) },
    (_, i) => new SimMember({ ...{ world, simulator, broker, watch }, name: `c${i + 1}`, bugs }),
  );
  const network = new Map(members.map((member) => [member.address, member]));
  const workers = Array.from({ length: 1 + world.integer(4) }, (_, i) => {
    const member = members[world.integer(members.length)] as SimMember;
    return new SimWorker({
      ...{ world, bench: simulator.bench, coordinator: member, network, address: member.address },
      name: `w${i + 1}`,
      threads: 1 + world.integer(2),
      leafMs: world.between(20, 400),
      quality: { latencyMs: world.between(0.1, 60), bytesPerMs: world.between(2, 500) },
    });
  });
  for (const member of members) world.after(world.between(0, 1_000), () => member.start());
  for (const worker of workers) world.after(world.between(0, 3_000), () => worker.start());
  trouble({ world, broker, members, workers, untilMs: world.between(5_000, 90_000) });

  const ended = () => members.find(({ coordinator }) => coordinator?.end != null)?.coordinator ?? null;
  for (let events = 0; ended() === null && problem === null; events += 1) {
    if (!world.step()) fail('nothing happens any more, but the run has not ended');
    if (events > EVENTS_MAX) fail(`the run has not ended after ${EVENTS_MAX} events`);
    // What the broker answers is a promise, and so is all that follows from it in this moment.
    await new Promise((resolve) => setImmediate(resolve));
    const acting = members.filter(({ mayAct }) => mayAct);
    if (acting.length > 1) fail(`${acting.map(({ name }) => name).join(' and ')} may act in one moment`);
  }
  const last = ended();
  if (problem === null && last !== null) problem = wrongEnd(last, simulator.bench);
  return {
    problem,
    virtualSeconds: world.now / 1_000,
    terms: newest,
    crashes: members.reduce((sum, { crashes }) => sum + crashes, 0),
    kept,
    trace: world.trace,
  };
}
