import { memoryChannel } from '@shoal/worker';
import { type ConnectionAdapter, connectionConformance } from './conformance.suite.ts';
import { MemoryConnection, SharedParameters } from './memoryConnection.ts';

const UNTIL_MS = 20_000;

/** Both ends in this thread: the memory is shared all the same. */
async function sharedMemory(): Promise<ConnectionAdapter> {
  const clock = (): number => performance.now();
  const parameters = new SharedParameters();
  const until = async (condition: () => boolean): Promise<void> => {
    const deadline = clock() + UNTIL_MS;
    while (!condition()) {
      if (clock() > deadline) throw new Error(`It did not come to be within ${UNTIL_MS / 1000} s.`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  let next = 1;
  return {
    connect: async ({ events, handlers, limits }) => {
      let isOpen = false;
      const ends: { connection: MemoryConnection; crash: () => void }[] = [];
      const channel = memoryChannel(({ port, read }) => {
        const connection = new MemoryConnection({
          ...{ id: next, limits, handlers, now: clock(), port, read, parameters },
        });
        next += 1;
        connection.listen(clock);
        ends.push({ connection, crash: () => port.close() });
      })({
        ...events,
        onOpen: () => {
          events.onOpen();
          isOpen = true;
        },
      });
      await until(() => isOpen);
      const [end] = ends;
      if (end === undefined) throw new Error('No connection came about.');
      const { connection, crash } = end;
      return { channel, connection, crash: (side) => (side === 'worker' ? channel.cut() : crash()) };
    },
    until,
    settle: () => new Promise((resolve) => setTimeout(resolve, 20)),
    now: clock,
    close: async () => {},
  };
}

connectionConformance('shared memory', sharedMemory);
