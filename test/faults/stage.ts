/** A real cluster: NATS servers, coordinators and a gateway behind lines of their own, workers; and what each of them said. */
import { onTestFinished } from 'vitest';
import { freePort } from '../../packages/coordinator/src/cluster/freePort.suite.ts';
import { type NatsServer, natsServers } from '../../packages/coordinator/src/cluster/natsServer.suite.ts';
import type { Cluster } from '../support/cluster.ts';
import { CoordinatorClient } from '../support/coordinatorClient.ts';
import { ShoalProcess } from '../support/shoalProcess.ts';
import { Line } from './line.ts';

/** Short, so that much happens. */
export const LEASE_SECONDS = 3;

export class Seat {
  readonly name: string;
  /** From this coordinator to each NATS server; none of a gateway. */
  readonly brokerLines: readonly Line[];
  /** From workers to this coordinator or gateway. */
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
  /** Null where none was asked for. */
  readonly gateway: Seat | null;
  readonly workers: ShoalProcess[];
  readonly startWorker: () => void;
};

export async function openStage(
  cluster: Cluster,
  servers: 1 | 3,
  coordinators: number,
  hasGateway: boolean,
): Promise<Stage> {
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
  const links = await Promise.all(seats.map((seat) => seat.process?.joinUrl() ?? ''));
  const gateway = hasGateway ? await openGateway(seats[0] as Seat, lineTo) : null;
  if (gateway !== null) {
    links.push(`http://127.0.0.1:${gateway.workerLine.port}/join${new URL(links[0] ?? '').hash}`);
  }
  return {
    nats,
    seats,
    gateway,
    workers,
    startWorker: () => {
      workers.push(
        ShoalProcess.start(['worker', links[workers.length % links.length] ?? '', '--threads', '1']),
      );
    },
  };
}

/** Below one coordinator, which tells it of the others. */
async function openGateway(seat: Seat, lineTo: (port: number) => Promise<Line>): Promise<Seat> {
  const client = await CoordinatorClient.of(seat.process as ShoalProcess);
  const { gatewayLinks } = (await client.get('/api/links')).body as {
    readonly gatewayLinks: readonly string[];
  };
  const port = await freePort();
  const line = await lineTo(port);
  const gateway = new Seat('gateway', [], line, [
    ...['gateway', gatewayLinks[0] ?? '', '--host', '127.0.0.1', '--port', String(port), '--json'],
    ...['--public-url', `http://127.0.0.1:${line.port}`],
  ]);
  gateway.start();
  await gateway.process?.line(({ type }) => type === 'gateway', 'The gateway');
  return gateway;
}
