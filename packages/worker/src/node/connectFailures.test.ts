/** What a worker says, and does, at addresses where something else than a coordinator answers. Real servers on loopback. */
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { inlineSlot } from './inlineSlot.ts';
import { runWorkerOnSlots } from './runNodeWorker.ts';

/** Nothing listens on port 1, which no system hands out by itself either. */
const NOBODY = 'http://127.0.0.1:1';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function listen(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An HTTP server that knows no WebSockets: Node.js hands it the request all the same. */
const web = (listener: RequestListener): Promise<string> => listen(createServer(listener));

/** Answers these bytes to whatever comes. */
const raw = (answer: string): Promise<string> =>
  listen(createTcpServer((socket) => socket.once('data', () => socket.end(answer))));

async function worker(
  origin: string,
): Promise<{ exitCode: number; message: string; why: unknown; warnings: string[] }> {
  const warnings: string[] = [];
  const log = (level: string, text: string): void => {
    if (level === 'warn') warnings.push(text);
  };
  const outcome = await runWorkerOnSlots(
    { url: `${origin}/#secret`, token: null, threads: 1, name: 'ada', log, signals: [] },
    inlineSlot,
  );
  return { ...outcome, warnings };
}

describe('a worker ends at once, with the reason and a way out, where', () => {
  test.each([
    [404, 'notShoal', /is no Shoal coordinator: it answers 404 where a coordinator opens a WebSocket\. Ask /],
    [200, 'notShoal', /is no Shoal coordinator: it answers 200/],
    [403, 'notShoal', /is no Shoal coordinator: it answers 403/],
    [401, 'notShoal', /asks for a password of its own \(401\)/],
    [426, 'noUpgrade', /takes no WebSocket there/],
  ])('a web server answers %i', async (status, why, sentence) => {
    const origin = await web((_request, response) => response.writeHead(status).end('<html>Hello</html>'));
    const outcome = await worker(origin);
    expect(outcome).toMatchObject({ exitCode: 2, why, warnings: [] });
    expect(outcome.message).toMatch(sentence);
    expect(outcome.message).toContain(origin);
  });

  test('a proxy leaves the request’s Upgrade out, and the coordinator says so', async () => {
    const origin = await web((_request, response) =>
      response.writeHead(426, { 'x-shoal': 'coordinator', upgrade: 'websocket' }).end('Send Upgrade.'),
    );
    const { exitCode, why, message } = await worker(origin);
    expect({ exitCode, why }).toEqual({ exitCode: 2, why: 'noUpgrade' });
    expect(message).toMatch(
      /is there, but a proxy between does not pass WebSockets on\. Whoever runs the proxy/,
    );
  });

  test('a coordinator refuses, and its sentence is shown without what could move a cursor', async () => {
    const origin = await web((_request, response) =>
      response.writeHead(403, { 'x-shoal': 'coordinator' }).end('Not from \u001b[2Jhere.\nSecond line.'),
    );
    const { exitCode, why, message } = await worker(origin);
    expect({ exitCode, why }).toEqual({ exitCode: 2, why: 'forbidden' });
    expect(message).toBe(`The coordinator at ${origin} refuses the connection: Not from \ufffd[2Jhere.`);
  });

  test('it is redirected, and nobody is visited', async () => {
    let visits = 0;
    const elsewhere = await web((_request, response) => {
      visits += 1;
      response.end();
    });
    for (const status of [301, 302, 307, 308]) {
      const origin = await web((_request, response) =>
        response.writeHead(status, { location: `${elsewhere}/ws` }).end(),
      );
      const { exitCode, why, message } = await worker(origin);
      expect({ exitCode, why }).toEqual({ exitCode: 2, why: 'redirect' });
      expect(message).toContain(`sends the worker on to ${elsewhere}, and a worker follows nobody`);
    }
    expect(visits).toBe(0);
  });

  test('it is redirected to https at the same address', async () => {
    const origin = await web((request, response) =>
      response.writeHead(308, { location: `https://${request.headers.host}/ws` }).end(),
    );
    const { exitCode, why, message } = await worker(origin);
    expect({ exitCode, why }).toEqual({ exitCode: 2, why: 'needsHttps' });
    expect(message).toContain(`use ${origin.replace('http:', 'https:')} with the same token`);
  });

  test('https is asked for and http is spoken', async () => {
    const origin = await web((_request, response) => response.end());
    const { exitCode, why, message } = await worker(origin.replace('http:', 'https:'));
    expect({ exitCode, why }).toEqual({ exitCode: 2, why: 'needsHttp' });
    expect(message).toContain(`use ${origin} with the same token`);
  });

  test('something listens that speaks no HTTP', async () => {
    const { exitCode, why, message } = await worker(await raw('220 mail.example ESMTP\r\n'));
    expect({ exitCode, why }).toEqual({ exitCode: 2, why: 'notShoal' });
    expect(message).toMatch(/does not speak HTTP, so that it is no coordinator\.$/);
  });

  test('an upgrade is granted that is none', async () => {
    const answer = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
    const { exitCode, why } = await worker(await raw(answer));
    expect({ exitCode, why }).toEqual({ exitCode: 2, why: 'notShoal' });
  });
});

describe('a worker tries again where that may help', () => {
  test('and waits for as long as a busy coordinator asks it to', async () => {
    const asked: number[] = [];
    const origin = await web((_request, response) => {
      asked.push(Date.now());
      const last = asked.length === 3;
      const headers = last ? {} : { 'x-shoal': 'coordinator', 'retry-after': '1' };
      response.writeHead(last ? 404 : asked.length === 1 ? 429 : 503, headers).end('Too many.\n');
    });
    const { exitCode, warnings } = await worker(origin);
    expect(exitCode).toBe(2);
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toMatch(/takes no more at the moment: Too many\. Trying again in 1\.[123] s\.$/);
    expect(asked[1]! - asked[0]!).toBeGreaterThanOrEqual(1_000);
  });

  test('as where nothing listens, which it says in words', async () => {
    // It gives up after the protocol's number of attempts; the first warning is what matters here.
    const warnings: string[] = [];
    const first = new Promise<string>((resolve) => {
      const log = (_level: string, text: string): void => {
        if (warnings.push(text) === 1) resolve(text);
      };
      void runWorkerOnSlots(
        { url: `${NOBODY}/#secret`, token: null, threads: 1, name: 'ada', log, signals: ['SIGUSR2'] },
        inlineSlot,
      );
    });
    expect(await first).toMatch(/: Nothing listens at 127\.0\.0\.1:1\. Trying again in 0\.[123] s\.$/);
    process.emit('SIGUSR2', 'SIGUSR2');
  });

  test('and a server in front that cannot reach it is not taken for an end', async () => {
    let asked = 0;
    const origin = await web((_request, response) => {
      asked += 1;
      response.writeHead(asked < 3 ? 502 : 404).end();
    });
    const { warnings } = await worker(origin);
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toMatch(
      /What stands in front of the coordinator at .* cannot reach it at the moment \(502\)/,
    );
  });
});
