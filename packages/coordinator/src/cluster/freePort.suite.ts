/** Ports for what must know its port before it listens; everything else listens on port 0. */
import { createServer } from 'node:net';

/** Below what systems hand out by themselves (Linux from 32768 on), so that no connection takes one in between. */
const FIRST = 15_000;
const COUNT = 16_000;
/** Each process that runs tests begins somewhere else. */
let next = (process.pid * 61) % COUNT;

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < COUNT; tried += 1) {
    const port = FIRST + next;
    next = (next + 1) % COUNT;
    if (await isFree(port)) return port;
  }
  throw new Error(`No port from ${FIRST} to ${FIRST + COUNT - 1} is free.`);
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
