/**
 * A second door beside TLS, for workers on this machine: no certificate is for the loopback address. What comes in is
 * handed to the server behind it, as if it had come there.
 */
import { createServer, type Server } from 'node:http';

/** @returns the open door and its port. It listens on the loopback address only. */
export async function openLocalDoor(
  behind: Server,
): Promise<{ readonly door: Server; readonly port: number }> {
  const door = createServer((request, response) => behind.emit('request', request, response));
  door.on('upgrade', (request, socket, head) => behind.emit('upgrade', request, socket, head));
  door.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    door.once('error', reject);
    door.listen({ host: '127.0.0.1', port: 0 }, resolve);
  });
  const address = door.address();
  return { door, port: typeof address === 'object' && address !== null ? address.port : 0 };
}
