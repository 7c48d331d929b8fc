/**
 * The coordinator's simulated disk. A file is replaced by rename, so a crash leaves the old content or the new; a
 * write that a crash interrupts leaves a torn temporary file, which nobody reads.
 */
import type { World } from './world.ts';

/** What a simulated coordinator keeps things in. */
export interface KeptInSimulation {
  readonly names: readonly string[];
  read(file: string): Uint8Array | null;
  /** Settles when it is kept, or cannot be; never where the process that waits for it is gone. */
  write(file: string, content: Uint8Array): Promise<void>;
  remove(file: string): Promise<void>;
  /** Identities that were convicted. */
  readonly durable: string[];
  crash(): void;
}

export class Disk implements KeptInSimulation {
  readonly #world: World;
  readonly #files = new Map<string, Uint8Array>();
  /** Raised by each crash: writes of an earlier life never finish. */
  #life = 0;
  #writing = 0;
  /** Writes that a crash cut short. */
  tornWrites = 0;
  isFull = false;

  constructor(world: World) {
    this.#world = world;
  }

  /** What was written so that it stayed, whatever happened next. */
  readonly durable: string[] = [];

  get names(): string[] {
    return [...this.#files.keys()];
  }

  /** Like writing, it may never come to it. */
  remove(file: string): Promise<void> {
    const life = this.#life;
    return new Promise((resolve) => {
      this.#world.after(this.#world.between(1, 40), () => {
        if (life !== this.#life) return;
        this.#files.delete(file);
        resolve();
      });
    });
  }

  read(file: string): Uint8Array | null {
    return this.#files.get(file) ?? null;
  }

  /** Never settles when the machine crashes first, like the process that waits for it. */
  write(file: string, content: Uint8Array): Promise<void> {
    const life = this.#life;
    this.#writing += 1;
    return new Promise((resolve, reject) => {
      this.#world.after(this.#world.between(1, 40), () => {
        if (life !== this.#life) return;
        this.#writing -= 1;
        if (this.isFull) {
          reject(new Error('ENOSPC: no space left on device'));
          return;
        }
        this.#files.set(file, content);
        resolve();
      });
    });
  }

  crash(): void {
    this.#life += 1;
    this.tornWrites += this.#writing;
    this.#writing = 0;
  }
}
