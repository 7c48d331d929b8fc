/** Where a scripted scenario plays: a small run, named workers, and words for "until that has happened". */
import type { RunState } from '@shoal/coordinator/simulation';
import { Disk } from '../disk.ts';
import { SimCoordinator } from '../simCoordinator.ts';
import type { Simulator } from '../simulate.ts';
import { SimWorker } from '../simWorker.ts';
import { World } from '../world.ts';

/** One epoch of three steps; a step is 8 microbatches of 2 samples. Every step ends with a checkpoint. */
export const SCENARIO_SPEC = {
  batch: 16,
  microbatch: 2,
  epochs: 1,
  data: { source: 'idx', validation: 10 },
  earlyStopping: null,
  checkpoint: { everySteps: 1 },
  // Checks would take time of their own.
  trust: { spotCheck: 0 },
} as const;

/** What does not happen within so many events never will. */
const EVENTS_MAX = 20_000;

export class Stage {
  readonly world = new World({ seed: 1, trace: true });
  readonly coordinator: SimCoordinator;
  readonly #simulator: Simulator;
  readonly #workers = new Map<string, SimWorker>();

  constructor(simulator: Simulator) {
    const { bench, probe } = simulator;
    this.#simulator = simulator;
    this.coordinator = new SimCoordinator({
      world: this.world,
      bench,
      probe,
      disk: new Disk(this.world),
      watch: { step: () => {}, moved: () => {} },
    });
  }

  /** A worker of one thread, not started yet; `leafMs` is its time for one microbatch. */
  hire(name: string, leafMs: number): SimWorker {
    const { world, coordinator } = this;
    const { bench } = this.#simulator;
    const quality = { latencyMs: 2, bytesPerMs: 1000 };
    const worker = new SimWorker({ world, bench, coordinator, name, threads: 1, leafMs, quality });
    this.#workers.set(name, worker);
    return worker;
  }

  get state(): RunState | null {
    return this.coordinator.life?.driver.state ?? null;
  }

  /** Steps done so far; -1 while there is no coordinator. */
  get stepsDone(): number {
    return this.state?.progress.globalStep ?? -1;
  }

  /** Names of the workers that hold leases which are still wanted, in order. */
  get holders(): string[] {
    const workers = [...(this.state?.workers.values() ?? [])];
    return workers
      .filter(({ held }) => held.some(({ revoked }) => !revoked))
      .map(({ name }) => name)
      .sort();
  }

  /** Whether every worker that was hired has been granted work of the step at hand. */
  get allAtWork(): boolean {
    return this.holders.length === this.#workers.size;
  }

  async until(what: string, condition: () => boolean): Promise<void> {
    for (let events = 0; !condition(); events += 1) {
      if (events > EVENTS_MAX || !this.world.step()) {
        throw new Error(`It never happened that ${what}.\n${this.world.trace.join('\n')}`);
      }
      // Checkpoint writes are promises; what waits for them goes on before the next event.
      await Promise.resolve();
      await Promise.resolve();
    }
  }

  async pause(ms: number): Promise<void> {
    const until = this.world.now + ms;
    this.world.after(ms, () => {});
    await this.until(`${ms} ms passed`, () => this.world.now >= until);
  }

  /** Plays to the end of the run. */
  async end(): Promise<void> {
    await this.until('the run ended', () => this.coordinator.end !== null);
  }

  /** A stage direction. */
  note(text: string): void {
    this.world.say('* * *', text);
  }
}
