/** Whoever connects to a simulated coordinator of a cluster: let in while it leads, kept a moment until it does, else sent on. */
import type { Leadership, WorkerConnection } from '@shoal/coordinator/simulation';
import { DEFAULT_LIMITS, type DepartureFact, type Hello, type WorkerSaying } from '@shoal/core';
import type { Link } from '../link.ts';
import type { SimCoordinator } from '../simCoordinator.ts';
import { SimDoor } from '../simDoor.ts';
import type { SimSocket } from '../simSocket.ts';
import type { World } from '../world.ts';

/** As long as the real one holds who comes before there is a run. */
const HOLD_MS = 5_000;

export type ReceptionOptions = {
  readonly world: World;
  readonly leadership: Leadership;
  /** The run that goes on here; null where none does. */
  readonly coordinator: () => SimCoordinator | null;
  readonly vectorLength: number;
  /** Does it now, or when the process is awake again. */
  readonly awake: (act: () => void) => void;
};

export class Reception {
  readonly door: SimDoor;
  readonly #options: ReceptionOptions;
  /** Who waits for a run, in the order in which they came. */
  readonly #held = new Map<WorkerConnection, Hello>();

  constructor(options: ReceptionOptions) {
    this.#options = options;
    this.door = new SimDoor({
      world: options.world,
      answerBytesMax: options.vectorLength * 4 + DEFAULT_LIMITS.envelopeBytesMax,
      handlers: { hello: this.#hello, message: this.#message, closed: this.#closed },
    });
  }

  accept(link: Link, from: string): SimSocket {
    return this.door.accept(link, from);
  }

  /** A run goes on here from now on. */
  open(): void {
    for (const [connection, hello] of [...this.#held]) {
      this.#held.delete(connection);
      this.#options.coordinator()?.hello(connection, hello);
    }
  }

  readonly #hello = (connection: WorkerConnection, hello: Hello): void => {
    const { leadership, coordinator, world, awake } = this.#options;
    const run = coordinator();
    if (leadership.mayAct && run !== null && run.life !== null) return run.hello(connection, hello);
    if (!leadership.mayAct && leadership.isHeldElsewhere) return this.#turnAway(connection);
    this.#held.set(connection, hello);
    world.after(HOLD_MS, () => awake(() => this.#turnAway(connection)));
  };

  #turnAway(connection: WorkerConnection): void {
    this.#held.delete(connection);
    const { leadership } = this.#options;
    if (leadership.mayAct) connection.end('betweenRuns', { type: 'noRunGoing' });
    else connection.end('standby', { type: 'standsBy', leader: null }, leadership.addresses);
  }

  readonly #message = (connection: WorkerConnection, message: Exclude<WorkerSaying, Hello>): void => {
    this.#options.coordinator()?.message(connection, message);
  };

  readonly #closed = (connection: WorkerConnection, why: DepartureFact): void => {
    this.#held.delete(connection);
    this.#options.coordinator()?.closed(connection, why);
  };
}
