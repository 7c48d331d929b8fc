import { SocketConnection } from '@shoal/coordinator/simulation';
import {
  type ConnectionAdapter,
  connectionConformance,
} from '../../packages/coordinator/src/connection/conformance.suite.ts';
import { SimChannel } from './simChannel.ts';
import { SimSocket } from './simSocket.ts';
import { World } from './world.ts';

const QUALITY = { latencyMs: 3, bytesPerMs: 100_000 };
/** Of virtual time in which everything that is on its way arrives. */
const SETTLE_MS = 100;

/** Both ends of a simulated line, under a virtual clock. */
async function simulatedLines(): Promise<ConnectionAdapter> {
  const world = new World({ seed: 1, trace: false });
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition())
      if (!world.step()) throw new Error('Nothing more happens, and it has not come to be.');
  };
  let next = 1;
  return {
    connect: async ({ events, handlers, limits, answerBytesMax }) => {
      const accepted: SocketConnection[] = [];
      const accept = (link: ConstructorParameters<typeof SimSocket>[0]): SimSocket => {
        const socket = new SimSocket(link);
        const connection = new SocketConnection({
          ...{ id: next, address: 'simulated', limits, answerBytesMax, handlers, now: world.now },
          socket: socket.asFrameSocket(),
        });
        next += 1;
        connection.listen(() => world.now);
        accepted.push(connection);
        return socket;
      };
      const channel = new SimChannel({ world, quality: QUALITY, accept }, events);
      await until(() => channel.isOpen);
      const [connection] = accepted;
      if (connection === undefined) throw new Error('No connection came about.');
      return {
        channel,
        connection,
        crash: (side) => {
          if (side === 'worker') return channel.crash(5);
          channel.link.abandon('coordinator');
          channel.link.break({ worker: 5, coordinator: 0 });
        },
      };
    },
    until,
    settle: async () => {
      let isOver = false;
      world.after(SETTLE_MS, () => {
        isOver = true;
      });
      await until(() => isOver);
    },
    now: () => world.now,
    close: async () => {},
  };
}

connectionConformance('a simulated line', simulatedLines);
