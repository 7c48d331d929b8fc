/** A real cluster: NATS servers, coordinators behind lines of their own, workers; and what each of them said. */
import { onTestFinished } from 'vitest';
import { type NatsServer, natsServers } from '../../packages/coordinator/src/cluster/natsServer.suite.ts';
import type { Cluster } from '../support/cluster.ts';
import { freePort } from '../support/freePort.ts';
import { ShoalProcess } from '../support/shoalProcess.ts';
import { Line } from './line.ts';

/** Short, so that much happens. */
export const LEASE_SECONDS = 3;

export class Seat {
  readonly name: string;
  /** From this coordinator to each NATS server. */
  readonly brokerLines: readonly Line[];
  /** From workers to this coordinator. */
  readonly workerLine: Line;
  /** All processes that have sat here, the last one last. */
  readonly processes: ShoalProcess[] = [];
  readonly #args: readonly string[];

  constructor(name: string, brokerLines: readonly Line[], workerLine: Line, args: readonly string[]) {
    this.name = name;
    this.brokerLines = brokerLines;
    this.workerLine = workerLine;
    this.#args = args;
  }

  get process(): ShoalProcess | null {
    const last = this.processes.at(-1);
    return last?.isRunning === true ? last : null;
  }

  start(): void {
    if (this.process !== null) return;
    this.processes.push(ShoalProcess.start(this.#args));
  }

  /** As far as its process has said. */
  get leads(): boolean {
    const said = this.process?.lines.filter(({ type }) => type === 'cluster').at(-1);
    return said?.standing === 'leads';
  }
}

export type Stage = {
  readonly nats: readonly NatsServer[];
  readonly seats: readonly Seat[];
  readonly workers: ShoalProcess[];
  readonly startWorker: () => void;
};

export async function openStage(cluster: Cluster, servers: 1 | 3, coordinators: number): Promise<Stage> {
  const nats = await natsServers(servers);
  onTestFinished(async () => {
    await Promise.all(nats.map((server) => server.end()));
  });
  const lines: Line[] = [];
  onTestFinished(() => {
    for (const line of lines) line.close();
  });
  const lineTo = async (port: number): Promise<Line> => {
    const line = await Line.to(port);
    lines.push(line);
    return line;
  };
  const seats: Seat[] = [];
  for (let i = 0; i < coordinators; i += 1) {
    const brokerLines = await Promise.all(nats.map(({ port }) => lineTo(port)));
    const port = await freePort();
    const workerLine = await lineTo(port);
    seats.push(
      new Seat(`c${i + 1}`, brokerLines, workerLine, [
        ...['serve', '--config', cluster.config, '--port', String(port), ...cluster.where],
        ...['--public-url', `http://127.0.0.1:${workerLine.port}`],
        ...['--cluster', brokerLines.map((line) => `nats://127.0.0.1:${line.port}`).join(',')],
        ...['--cluster-lease', String(LEASE_SECONDS)],
      ]),
    );
  }
  const workers: ShoalProcess[] = [];
  for (const seat of seats) seat.start();
  // The token opens all of them, and every one leads to every other.
  const links = await Promise.all(seats.map((seat) => seat.process?.joinUrl()));
  return {
    nats,
    seats,
    workers,
    startWorker: () => {
      workers.push(
        ShoalProcess.start(['worker', links[workers.length % links.length] ?? '', '--threads', '1']),
      );
    },
  };
}
