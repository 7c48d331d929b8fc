/**
 * Real runs in a cluster under real faults end with the bits of the run left in peace: no two coordinators lead in one term, no
 * step that was said to be kept is lost, and no sample counts twice. `npm run faults` does many.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EpochReport } from '@shoal/core';
import { expect, test } from 'vitest';
import { type NatsServer, natsServer } from '../../packages/coordinator/src/cluster/natsServer.suite.ts';
import { Cluster } from '../support/cluster.ts';
import type { Line } from '../support/shoalProcess.ts';
import { perceptron } from '../support/specs.ts';
import { openStage, type Seat, type Stage } from './stage.ts';

const RUNS = Number(process.env.SHOAL_FAULT_RUNS ?? 2);
const SEED = Number(process.env.SHOAL_FAULT_SEED ?? 1);
const SERVERS = process.env.SHOAL_FAULT_SERVERS ?? '';
const HAS_GATEWAY = process.env.SHOAL_FAULT_GATEWAY === 'true';
/** So many that faults happen to most of the run. */
const EPOCHS = Number(process.env.SHOAL_FAULT_EPOCHS ?? 700);
/** A run that has not ended by then never will. */
const RUN_MS_MAX = 600_000;
/** Faults happen for so long; then all is mended, so that the run can end. */
const TROUBLE_MS = 25_000;

const spec = perceptron({ epochs: EPOCHS, trust: { spotCheck: 0, quorum: 1, trim: 0 } });
const kept: number[] = [];
const takeovers: number[] = [];

for (let i = 0; i < RUNS; i += 1) {
  const seed = SEED + i;
  const servers = SERVERS === '' ? (seed % 2 === 0 ? 3 : 1) : (Number(SERVERS) as 1 | 3);
  test.skipIf(natsServer === null)(
    `a run with ${servers === 1 ? 'one NATS server' : 'three NATS servers'}, seed ${seed}`,
    async () => {
      const cluster = await Cluster.of(spec);
      const expected = await cluster.alone();
      const stage = await openStage(cluster, servers, 2, HAS_GATEWAY);
      // One at each coordinator, and one below the gateway.
      for (let worker = 0; worker < (HAS_GATEWAY ? 3 : 2); worker += 1) stage.startWorker();
      const done: Record<string, number> = {};
      const result = await torment(stage, randomOf(seed), done);
      const lines = stage.seats.flatMap(({ processes }) => processes.map((process) => process.lines));
      const found = judge(lines);
      kept.push(found.kept);
      takeovers.push(found.terms - 1);
      console.log(`seed ${seed}: ${JSON.stringify({ ...found, ...done })}`);
      expect(result).toMatchObject({
        state: expected.state,
        steps: expected.steps,
        parametersSha256: expected.parametersSha256,
      });
      if (expected.state === 'finished') countsOnce(lines, expected.history);
    },
  );
}

test.skipIf(natsServer === null || RUNS === 0)('something has gone wrong in these runs', () => {
  console.log(
    `${RUNS} runs: ${sum(takeovers)} times another coordinator led, ${sum(kept)} steps were said to be kept, none was lost.`,
  );
  expect(sum(kept)).toBeGreaterThan(0);
  expect(sum(takeovers)).toBeGreaterThan(0);
});

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/** What the coordinators have said, held against what must be. */
function judge(said: readonly (readonly Line[])[]): { readonly terms: number; readonly kept: number } {
  const terms: number[] = [];
  const kept = said.flat().filter(({ type }) => type === 'kept') as unknown as {
    step: number;
    term: number;
  }[];
  for (const lines of said) {
    let term = 0;
    for (const line of lines) {
      if (line.type === 'cluster' && line.standing === 'leads') {
        term = line.term as number;
        terms.push(term);
      }
      if (line.type !== 'run') continue;
      const before = kept.filter((one) => one.term < term).map(({ step }) => step);
      expect(
        line.resumedFromStep,
        `term ${term} goes on from where everything that was said to be kept is`,
      ).toBeGreaterThanOrEqual(Math.max(0, ...before));
    }
  }
  expect(
    [...terms].sort((a, b) => a - b),
    'each term is one coordinator’s',
  ).toEqual([...new Set(terms)].sort((a, b) => a - b));
  return { terms: terms.length, kept: kept.length };
}

/** A sample that counted twice, or not at all, would show in the sums of its epoch. */
function countsOnce(said: readonly (readonly Line[])[], history: readonly EpochReport[]): void {
  for (const line of said.flat().filter(({ type }) => type === 'epoch')) {
    const { epoch, trainLoss, trainErrors } = history[(line.epoch as number) - 1] ?? {};
    expect(line).toMatchObject({ epoch, trainLoss, trainErrors });
  }
}

type Draw = (bound: number) => number;

function randomOf(seed: number): Draw {
  let state = seed >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 32) * bound;
  };
}

/** Lets things go wrong until they have for long enough, mends them, and waits for the result. */
async function torment(stage: Stage, draw: Draw, done: Record<string, number>): Promise<Line> {
  const from = Date.now();
  const pending: Promise<void>[] = [];
  const later = (ms: number, act: () => unknown): void => {
    pending.push(
      sleep(ms)
        .then(act)
        .then(() => {}),
    );
  };
  const strike = (what: string): void => {
    done[what] = (done[what] ?? 0) + 1;
  };
  const result = (): Line | undefined =>
    stage.seats
      .flatMap(({ processes }) => processes.flatMap(({ lines }) => lines))
      .find(({ type, state }) => type === 'result' && state !== 'stopped');

  while (result() === undefined && Date.now() - from < TROUBLE_MS) {
    await sleep(400 + draw(1_800));
    const leader = stage.seats.find((seat) => seat.leads);
    const seat = (draw(1) < 0.7 ? leader : undefined) ?? pick(stage.seats, draw);
    const server = pick(stage.nats, draw);
    // NATS promises to survive the loss of one server of three, and of the next once that one has all again.
    const mayLose = stage.nats.length === 1 || (await areWell(stage.nats));
    switch (Math.floor(draw(stage.gateway === null ? 8 : 10))) {
      case 0:
      case 1:
        strike('coordinator killed');
        seat.process?.kill('SIGKILL');
        later(500 + draw(4_000), () => seat.start());
        break;
      case 2:
      case 3: {
        strike('coordinator stopped');
        const { process } = seat;
        process?.kill('SIGSTOP');
        later(500 + draw(9_000), () => process?.kill('SIGCONT'));
        break;
      }
      case 4:
        strike('coordinator cut off from NATS');
        cut(seat, true);
        later(500 + draw(7_000), () => cut(seat, false));
        break;
      case 5:
        if (!mayLose) break;
        strike('NATS server killed');
        await server.kill();
        later(500 + draw(5_000), () => server.start());
        break;
      case 6:
        if (!mayLose) break;
        strike('NATS server stopped');
        server.signal('SIGSTOP');
        later(500 + draw(5_000), () => server.signal('SIGCONT'));
        break;
      case 8:
      case 9:
        if (stage.gateway !== null) strikeGateway(stage.gateway, { draw, later, strike });
        break;
      default: {
        strike('worker lost');
        const worker = pick(stage.workers, draw);
        if (draw(1) < 0.5) {
          seat.workerLine.isCut = true;
          later(500 + draw(5_000), () => {
            seat.workerLine.isCut = false;
          });
        } else if (worker.isRunning) {
          worker.kill('SIGKILL');
          later(500, () => stage.startWorker());
        }
      }
    }
  }
  await Promise.all(pending);
  while (result() === undefined) {
    if (Date.now() - from > RUN_MS_MAX) {
      const last = stage.seats.map(({ name, processes }) => {
        const told = processes.flatMap(({ lines }) => lines).filter(({ type }) => TELLING.has(type));
        return `${name}: ${JSON.stringify(told.slice(-12))} ${processes.at(-1)?.errors.slice(-1_000)}`;
      });
      throw new Error(`The run has not ended.\n${last.join('\n')}`);
    }
    for (const seat of stage.seats) seat.start();
    stage.gateway?.start();
    if (!stage.workers.some(({ isRunning }) => isRunning)) stage.startWorker();
    await sleep(500);
  }
  return result() as Line;
}

const areWell = async (servers: readonly NatsServer[]): Promise<boolean> =>
  (await Promise.all(servers.map((server) => server.isWell()))).every((isWell) => isWell);

/** It is killed, cut off from its workers, or stopped. */
function strikeGateway(
  gateway: Seat,
  {
    draw,
    later,
    strike,
  }: { draw: Draw; later: (ms: number, act: () => unknown) => void; strike: (what: string) => void },
): void {
  const { process, workerLine } = gateway;
  switch (Math.floor(draw(4))) {
    case 0:
    case 1:
      strike('gateway killed');
      process?.kill('SIGKILL');
      later(500 + draw(4_000), () => gateway.start());
      break;
    case 2:
      strike('gateway cut off from its workers');
      workerLine.isCut = true;
      later(500 + draw(5_000), () => {
        workerLine.isCut = false;
      });
      break;
    default:
      strike('gateway stopped');
      process?.kill('SIGSTOP');
      later(500 + draw(9_000), () => process?.kill('SIGCONT'));
  }
}

/** Lines of a coordinator that say how it stands. */
const TELLING = new Set(['cluster', 'notice', 'run', 'result']);

const pick = <T>(all: readonly T[], draw: Draw): T => all[Math.floor(draw(all.length))] as T;

function cut({ brokerLines }: Seat, isCut: boolean): void {
  for (const line of brokerLines) line.isCut = isCut;
}
