/**
 * The script of a soak: what is done to a run's processes, drawn from a seed. Workers are killed, frozen, told to leave
 * and started; twice the coordinator is killed and resumed. Each worker has a process of its own, as on another machine.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { RandomStream } from '@shoal/core';
import { startWorker } from '../support/cluster.ts';
import type { Line, ShoalProcess } from '../support/shoalProcess.ts';
import { MemoryWatch } from './memory.ts';

/** Purpose word of the script's own random stream. */
const CHURN = 1003;
/** Shares of the run's steps after which the coordinator is killed: the last life is the longest, to watch its memory. */
const COORDINATOR_KILLS = [0.2, 0.4];
/** As many as that work at a time; the first is never killed, so that one worker lives through everything. */
const WORKERS = 3;
const SAMPLE_MS = 1_000;
/** As long as a worker has to notice that the run is finished. */
const FAREWELL_MS = 20_000;

export type ChurnOptions = {
  readonly seed: number;
  readonly steps: number;
  readonly train: () => ShoalProcess;
  readonly resume: (runId: string) => ShoalProcess;
  readonly log: (line: string) => void;
};

export type ChurnReport = {
  readonly result: Line;
  readonly seconds: number;
  readonly done: Readonly<Record<string, number>>;
  /** For each coordinator that was started again: milliseconds from its start, and from when it listened, until every worker was back. */
  readonly rejoinMs: readonly { readonly fromStart: number; readonly fromListening: number }[];
  readonly memory: MemoryWatch;
  /** How the workers that were there at the end have ended. */
  readonly exits: readonly WorkerExit[];
};

export type WorkerExit = {
  readonly name: string;
  readonly code: number | null;
  /** False for one that was started too late to find the coordinator. */
  readonly hasJoined: boolean;
  /** The last thing that it printed. */
  readonly lastLine: Line | undefined;
};

export async function churn(options: ChurnOptions): Promise<ChurnReport> {
  return new Churn(options).run();
}

class Churn {
  readonly #options: ChurnOptions;
  readonly #chance: RandomStream;
  readonly #workers = new Map<string, ShoalProcess>();
  readonly #memory = new MemoryWatch();
  readonly #done: Record<string, number> = {};
  readonly #rejoinMs: { fromStart: number; fromListening: number }[] = [];
  readonly #startedAt = Date.now();
  #coordinator: ShoalProcess;
  #joinUrl = '';
  #drawn = 0;
  #hired = 0;

  constructor(options: ChurnOptions) {
    this.#options = options;
    this.#chance = new RandomStream([options.seed, CHURN, 0, 0], 0);
    this.#coordinator = options.train();
  }

  async run(): Promise<ChurnReport> {
    this.#joinUrl = await this.#coordinator.joinUrl();
    for (let i = 0; i < WORKERS; i += 1) this.#hire();
    const sampling = setInterval(() => this.#sample(), SAMPLE_MS);
    try {
      let kills = 0;
      while (this.#result() === null) {
        const share = COORDINATOR_KILLS[kills];
        if (share !== undefined && this.#stepsDone() >= share * this.#options.steps) {
          // The first time it is away for a moment, the second time long enough for workers to wait their longest.
          await this.#restartCoordinator(kills === 0 ? this.#between(200, 1500) : 12_000);
          kills += 1;
        } else {
          await this.#trouble();
        }
        await this.#pause(this.#between(500, 3000));
      }
      const result = this.#result();
      if (result === null) throw new Error('The run has no result.');
      const seconds = (Date.now() - this.#startedAt) / 1000;
      const exits = await Promise.all([...this.#workers].map(([name, worker]) => exitOf(name, worker)));
      await this.#coordinator.end();
      return { result, seconds, done: this.#done, rejoinMs: this.#rejoinMs, memory: this.#memory, exits };
    } finally {
      clearInterval(sampling);
    }
  }

  #result(): Line | null {
    const last = this.#coordinator.lines.findLast(({ type }) => type === 'result') ?? null;
    if (last === null && !this.#coordinator.isRunning) {
      throw new Error(`The coordinator ended without a result.\n${this.#coordinator.errors.slice(-2000)}`);
    }
    return last;
  }

  #stepsDone(): number {
    const last = this.#coordinator.lines.findLast(({ type }) => type === 'step');
    return Number(last?.globalStep ?? 0);
  }

  /** One thing that happens to a worker; whatever is frozen is continued before the next. */
  async #trouble(): Promise<void> {
    const names = [...this.#workers.keys()];
    const name = names[this.#integer(names.length)] as string;
    const worker = this.#workers.get(name) as ShoalProcess;
    const isAnchor = name === names[0];
    const kind = this.#integer(4);
    if (names.length < WORKERS || (kind === 3 && names.length < WORKERS + 1)) {
      this.#say('started', `${this.#hire()} is started`);
    } else if (kind === 0 && !isAnchor) {
      this.#say('killed', `${name} is killed`);
      await this.#dismiss(name, worker, 'SIGKILL');
    } else if (kind === 1 && !isAnchor) {
      this.#say('left', `${name} is told to leave`);
      await this.#dismiss(name, worker, 'SIGINT');
    } else {
      // Now and then longer than the coordinator listens to silence.
      const ms = this.#chanceOf(0.08) ? 25_000 : this.#between(500, 5000);
      const inside = this.#chanceOf(0.5) || process.platform === 'win32';
      const how = inside ? 'from inside' : 'by a signal';
      this.#say('frozen', `${name} is frozen for ${(ms / 1000).toFixed(1)} s ${how}`);
      if (inside) worker.freeze(ms);
      else worker.kill('SIGSTOP');
      await this.#pause(ms);
      if (!inside) worker.kill('SIGCONT');
    }
  }

  async #dismiss(name: string, worker: ShoalProcess, signal: NodeJS.Signals): Promise<void> {
    this.#workers.delete(name);
    worker.kill(signal);
    await worker.exited;
  }

  #hire(): string {
    this.#hired += 1;
    const name = `worker-${this.#hired}`;
    this.#workers.set(name, startWorker(this.#joinUrl, name));
    return name;
  }

  async #restartCoordinator(awayMs: number): Promise<void> {
    const step = this.#stepsDone();
    const runId = (await this.#coordinator.line(({ type }) => type === 'run', 'The run line'))
      .runId as string;
    this.#coordinator.kill('SIGKILL');
    await this.#coordinator.exited;
    if (this.#coordinator.lines.some(({ type }) => type === 'result')) return;
    this.#say(
      'coordinator killed',
      `the coordinator is killed at step ${step}, for ${(awayMs / 1000).toFixed(1)} s`,
    );
    await sleep(awayMs);
    const startedAt = Date.now();
    this.#coordinator = this.#options.resume(runId);
    await this.#coordinator.joinUrl();
    const listeningAt = Date.now();
    for (const [name, worker] of this.#workers) {
      // One that was started just before may have given up by now, as it may with an address that is wrong.
      if (!hasJoined(worker)) continue;
      const isBack = ({ type, event, name: who }: Line): boolean =>
        type === 'worker' && event === 'joined' && who === name;
      await this.#coordinator.line(isBack, `The return of ${name}`);
    }
    const now = Date.now();
    const figures = { fromStart: now - startedAt, fromListening: now - listeningAt };
    this.#rejoinMs.push(figures);
    this.#say(
      'coordinator resumed',
      `all workers are back ${figures.fromListening} ms after it listens, ${figures.fromStart} ms after it is started`,
    );
  }

  /** Ends early with the run. */
  async #pause(ms: number): Promise<void> {
    const until = Date.now() + ms;
    while (Date.now() < until && this.#result() === null) await sleep(Math.min(200, until - Date.now()));
  }

  #sample(): void {
    const now = Date.now();
    if (this.#coordinator.isRunning) this.#memory.sample('coordinator', this.#coordinator.pid, now);
    for (const [name, worker] of this.#workers) {
      if (worker.isRunning) this.#memory.sample(name, worker.pid, now);
    }
  }

  #say(kind: string, text: string): void {
    this.#done[kind] = (this.#done[kind] ?? 0) + 1;
    const at = ((Date.now() - this.#startedAt) / 1000).toFixed(1).padStart(6);
    this.#options.log(`${at} s  step ${String(this.#stepsDone()).padStart(5)}  ${text}`);
  }

  #chanceOf(probability: number): boolean {
    return this.#between(0, 1) < probability;
  }

  #between(low: number, high: number): number {
    this.#drawn += 1;
    return low + this.#chance.uniform(this.#drawn - 1) * (high - low);
  }

  #integer(bound: number): number {
    return Math.floor(this.#between(0, bound));
  }
}

function hasJoined(worker: ShoalProcess): boolean {
  return worker.lines.some(
    ({ type, message }) => type === 'notice' && String(message).startsWith('Joined run'),
  );
}

async function exitOf(name: string, worker: ShoalProcess): Promise<WorkerExit> {
  // One whose connection was lost when the run ended waits for its coordinator, until somebody tells it to leave.
  await Promise.race([worker.exited, sleep(FAREWELL_MS)]);
  if (worker.isRunning) {
    const last = String(worker.lines.at(-1)?.message);
    if (!last.startsWith('No connection'))
      throw new Error(`${name} has not noticed the end of the run: ${last}`);
    worker.kill('SIGINT');
  }
  const { code } = await worker.end();
  return { name, code, hasJoined: hasJoined(worker), lastLine: worker.lines.at(-1) };
}
