/** Where those come in who connect to a simulated process: real connections over simulated links, kept while it lives. */
import { DEFAULT_SERVER_LIMITS, outgoing, SocketConnection } from '@shoal/coordinator/simulation';
import type { Link } from './link.ts';
import { SimSocket } from './simSocket.ts';
import type { World } from './world.ts';

type Handlers = ConstructorParameters<typeof SocketConnection>[0]['handlers'];

export type SimDoorOptions = {
  readonly world: World;
  readonly answerBytesMax: number;
  readonly handlers: Handlers;
};

export class SimDoor {
  readonly connections = new Map<number, { readonly connection: SocketConnection; readonly link: Link }>();
  readonly #options: SimDoorOptions;
  #next = 1;
  #nonce = 0;

  constructor(options: SimDoorOptions) {
    this.#options = options;
  }

  get links(): Link[] {
    return [...this.connections.values()].map(({ link }) => link);
  }

  /** The link's coordinator side speaks to the socket that is returned. */
  accept(link: Link, address: string): SimSocket {
    const { world, answerBytesMax, handlers } = this.#options;
    const socket = new SimSocket(link);
    const id = this.#next;
    this.#next += 1;
    const connection = new SocketConnection({
      ...{ id, address, socket: socket.asFrameSocket(), limits: DEFAULT_SERVER_LIMITS, answerBytesMax },
      handlers: {
        ...handlers,
        closed: (closed, why) => {
          this.connections.delete(closed.id);
          handlers.closed(closed, why);
        },
      },
      now: world.now,
    });
    this.connections.set(id, { connection, link });
    connection.listen(() => world.now);
    return socket;
  }

  /** Called every heartbeat. */
  beat(): void {
    this.#nonce += 1;
    const nonce = this.#nonce;
    const ping = outgoing({ type: 'ping', nonce });
    for (const { connection } of [...this.connections.values()]) {
      connection.beat(this.#options.world.now, nonce, ping);
    }
  }

  /** The process is gone in this instant; its peers see their connections reset within so many milliseconds. */
  crash(noticeMs: number): void {
    const { world } = this.#options;
    for (const link of this.links) {
      link.abandon('coordinator');
      link.break({ worker: world.between(0, noticeMs), coordinator: 0 });
    }
  }
}
