import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { FramePool, GatheredSocket, nodeChannel, WORKER_LIMITS } from '@shoal/worker';
import { WebSocketServer } from 'ws';
import { type ConnectionAdapter, connectionConformance, type Ends } from './conformance.suite.ts';
import { frameSocket } from './frameSocket.ts';
import { SocketConnection } from './socketConnection.ts';

const UNTIL_MS = 20_000;

/** A channel of ws and a connection over a socket of ws, on the loopback address. */
async function webSockets(): Promise<ConnectionAdapter> {
  const http = createServer();
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const pool = new FramePool(WORKER_LIMITS.frameBytesMax);
  const clock = (): number => performance.now();
  const waiting: {
    readonly ends: Ends;
    readonly taken: (connection: SocketConnection, raw: Duplex) => void;
  }[] = [];
  let next = 1;
  http.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    let isInside = (): boolean => false;
    const gathered = GatheredSocket.around(socket as Socket, head, {
      ...{ pool, masked: true, frameBytesMax: WORKER_LIMITS.frameBytesMax, mayGather: () => isInside() },
    });
    sockets.handleUpgrade(request, gathered, Buffer.alloc(0), (webSocket) => {
      const arrival = waiting.shift();
      if (arrival === undefined) throw new Error('Nobody was expected.');
      const { limits, answerBytesMax, handlers } = arrival.ends;
      const connection = new SocketConnection({
        ...{ id: next, address: 'here', limits, answerBytesMax, handlers, now: clock() },
        socket: frameSocket(webSocket, gathered),
      });
      next += 1;
      isInside = () => connection.isInside;
      connection.listen(clock);
      socket.prependListener('data', (chunk: Uint8Array) => connection.arrived(chunk.length));
      arrival.taken(connection, socket);
    });
  });
  http.listen({ host: '127.0.0.1', port: 0 });
  await once(http, 'listening');
  const address = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const open = nodeChannel(WORKER_LIMITS);
  return {
    connect: async (ends) => {
      const taken = new Promise<{ connection: SocketConnection; raw: Duplex }>((resolve) => {
        waiting.push({ ends, taken: (connection, raw) => resolve({ connection, raw }) });
      });
      let opened: () => void = () => {};
      const isOpen = new Promise<void>((resolve) => {
        opened = resolve;
      });
      const { events } = ends;
      const channel = open(
        {
          ...events,
          onOpen: () => {
            events.onOpen();
            opened();
          },
        },
        address,
      );
      const [{ connection, raw }] = await Promise.all([taken, isOpen]);
      return {
        channel,
        connection,
        crash: (side) => {
          if (side === 'worker') channel.cut();
          else raw.destroy();
        },
      };
    },
    until: async (condition) => {
      const deadline = clock() + UNTIL_MS;
      while (!condition()) {
        if (clock() > deadline) throw new Error(`It did not come to be within ${UNTIL_MS / 1000} s.`);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    },
    settle: () => new Promise((resolve) => setTimeout(resolve, 20)),
    now: clock,
    close: async () => {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      http.closeAllConnections();
      http.close();
    },
  };
}

connectionConformance('a WebSocket', webSockets);
