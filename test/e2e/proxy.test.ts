/** Coordinators behind proxies as people set them up: without the host's name, below a path, and with words of strangers. */
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { freePort } from '../../packages/coordinator/src/cluster/freePort.suite.ts';
import { attack, OTHER_ADDRESS } from '../support/attacker.ts';
import { Cluster, isWorker, startWorker } from '../support/cluster.ts';
import { unpack } from '../support/messagePack.ts';
import { hasNginx, startProxy } from '../support/proxy.ts';
import { expectRefusal } from '../support/refusal.ts';
import { type ShoalProcess, shoal } from '../support/shoalProcess.ts';
import { perceptron } from '../support/specs.ts';

const through = hasNginx ? 'nginx' : 'a proxy';

type Behind = {
  readonly coordinator: ShoalProcess;
  /** What is printed as the coordinator's address, and the tokens of its links. */
  readonly url: string;
  readonly tokens: { readonly operator: string; readonly viewer: string };
  readonly joinUrl: string;
};

/** A coordinator, and a proxy in front of it at `front`. */
async function behind(
  cluster: Cluster,
  front: URL,
  { strips, passesHost, more }: { strips: boolean; passesHost: boolean; more: readonly string[] },
): Promise<Behind> {
  const port = await freePort();
  const coordinator = cluster.train(0, ['--port', String(port), ...more]);
  const line = await coordinator.line(({ type }) => type === 'listening', 'The links');
  const tokenOf = (link: unknown): string => new URL(String(link)).hash.slice(1);
  await startProxy({
    port: Number(front.port),
    target: `http://127.0.0.1:${port}`,
    path: front.pathname,
    strips,
    passesHost,
  });
  return {
    coordinator,
    url: String(line.url),
    tokens: { operator: tokenOf(line.dashboardUrl), viewer: tokenOf(line.watchUrl) },
    joinUrl: String(line.joinUrl),
  };
}

/** The page loads with all that its tags name, as a browser would ask for it. */
async function pageLoads(url: string): Promise<void> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  const html = await response.text();
  const parts = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(
    ([, path]) => new URL(path ?? '', response.url),
  );
  expect(parts.length).toBeGreaterThan(2);
  for (const part of parts) {
    const { status } = await fetch(part, { headers: { origin: new URL(url).origin } });
    expect([part.href, status]).toEqual([part.href, 200]);
  }
}

/** What a page of the address's own origin hears first at a WebSocket, after what it says. */
async function heardAt(
  url: URL,
  says: unknown,
): Promise<{ readonly first: Buffer; readonly socket: WebSocket }> {
  const socket = new WebSocket(url.href.replace('http', 'ws'), { headers: { origin: url.origin } });
  onTestFinished(() => socket.terminate());
  socket.on('error', () => {});
  if (says !== null) socket.once('open', () => socket.send(JSON.stringify(says)));
  const [first] = await once(socket, 'message');
  return { first: first as Buffer, socket };
}

const frontAt = async (path: string): Promise<URL> => new URL(`http://127.0.0.1:${await freePort()}${path}`);

test(`behind ${through} that does not pass on Host the page loads, and the log and the page say what to set`, async () => {
  const cluster = await Cluster.of(perceptron());
  const front = await frontAt('/');
  const setting = { strips: false, passesHost: false, more: [] };
  const { coordinator, tokens } = await behind(cluster, front, setting);
  await pageLoads(front.href);
  const sentence = new RegExp(
    `A page at ${front.origin} was refused.* --public-url ${front.origin} .*--allow-origin`,
  );
  const acting = await fetch(new URL('api/run/pause', front), {
    method: 'POST',
    headers: { origin: front.origin, authorization: `Bearer ${tokens.operator}` },
  });
  expect(acting.status).toBe(403);
  const facts = [{ type: 'originRefused', origin: front.origin }];
  expect(await acting.json()).toEqual({ error: expect.stringMatching(sentence), facts });
  const watch = { type: 'watch', token: tokens.viewer, have: null };
  const refused = await heardAt(new URL('watch', front), watch);
  expect(JSON.parse(String(refused.first))).toEqual({
    type: 'refused',
    message: expect.stringMatching(sentence),
    facts,
  });
  const bye = await heardAt(new URL('ws', front), null);
  expect(unpack(bye.first)).toMatchObject({ code: 'badOrigin', message: expect.stringMatching(sentence) });
  // The operator is told as well, once.
  const isTold = ({ type, message }: { type: string; message?: unknown }): boolean =>
    type === 'notice' && sentence.test(String(message));
  await coordinator.line(isTold, 'The notice');
  expect(coordinator.lines.filter(isTold)).toHaveLength(1);
});

test(`behind ${through} that does not pass on Host everything works once the public address is named`, async () => {
  const cluster = await Cluster.of(perceptron());
  const front = await frontAt('/');
  const { tokens } = await behind(cluster, front, {
    strips: false,
    passesHost: false,
    more: ['--public-url', front.href],
  });
  await pageLoads(front.href);
  const acting = await fetch(new URL('api/run/pause', front), {
    method: 'POST',
    headers: { origin: front.origin, authorization: `Bearer ${tokens.operator}` },
  });
  expect(acting.status).toBe(200);
  const { first } = await heardAt(new URL('watch', front), {
    type: 'watch',
    token: tokens.viewer,
    have: null,
  });
  expect(JSON.parse(String(first))).toMatchObject({ type: 'snapshot' });
});

test.each([true, false])(
  `below a path of ${through} pages, interface, feed and workers work; the path is taken away: %s`,
  async (strips) => {
    const cluster = await Cluster.of(perceptron());
    const alone = await cluster.alone();
    const front = await frontAt('/lab/shoal/');
    const { coordinator, url, joinUrl, tokens } = await behind(cluster, front, {
      strips,
      passesHost: true,
      more: ['--public-url', front.href],
    });
    expect(`${url}/`).toBe(front.href);
    expect(joinUrl).toMatch(new RegExp(`^${front.href}join#`));
    await pageLoads(front.href);
    await pageLoads(new URL('join', front).href);
    // Without the slash, and with one too many.
    expect((await fetch(front.href.slice(0, -1))).url).toBe(front.href);
    expect((await fetch(new URL('join/', front))).url).toBe(`${front.href}join`);
    const session = await fetch(new URL('api/session', front), {
      headers: { authorization: `Bearer ${tokens.viewer}`, origin: front.origin },
    });
    expect(await session.json()).toMatchObject({ role: 'viewer' });
    const { first } = await heardAt(new URL('watch', front), {
      type: 'watch',
      token: tokens.viewer,
      have: null,
    });
    expect(JSON.parse(String(first))).toMatchObject({ type: 'snapshot' });
    const worker = startWorker(joinUrl, 'far');
    await coordinator.line(isWorker('joined', 'far'), 'The worker');
    expect(await coordinator.result()).toMatchObject({ parametersSha256: alone.parametersSha256 });
    expect(await worker.end()).toMatchObject({ code: 0 });
    expect(worker.errors).not.toMatch(/cannot be read/);
  },
);

test.skipIf(process.platform !== 'linux')(
  'nobody but a proxy that is named speaks for others: guesses are counted where they come from',
  async () => {
    const cluster = await Cluster.of(perceptron());
    const port = await freePort();
    const limit = ['--limit', 'addressFailuresMax=10', '--limit', 'addressConnectionsMax=1'];
    const coordinator = cluster.train(0, ['--port', String(port), '--trust-proxy', '127.0.0.9', ...limit]);
    const { origin } = new URL(await coordinator.joinUrl());
    const statuses = [];
    for (let i = 0; i < 30; i += 1) {
      const headers = { authorization: `Bearer guess-${i}`, 'x-forwarded-for': `198.51.100.${i}` };
      statuses.push((await fetch(`${origin}/api/session`, { headers })).status);
    }
    expect(statuses).toEqual([...Array(10).fill(401), ...Array(20).fill(429)]);
    const from = (address: string, client: string) =>
      attack(origin, address, { 'x-forwarded-for': `203.0.113.99, ${client}` });
    // One machine that is no proxy is one address, whatever it says.
    const one = await from(OTHER_ADDRESS, '203.0.113.1');
    const two = await from(OTHER_ADDRESS, '203.0.113.2');
    expect(await two.ended).toMatchObject({ code: 4014 });
    const three = await from('127.0.0.9', '203.0.113.1');
    const four = await from('127.0.0.9', '203.0.113.2');
    expect([one, three, four].map(({ socket }) => socket.readyState)).toEqual([1, 1, 1]);
    expect(await (await from('127.0.0.9', '203.0.113.2')).ended).toMatchObject({ code: 4014 });
  },
);

test.each([
  [['--trust-proxy'], /--trust-proxy needs the addresses of your proxies/],
  [['--trust-proxy', '--open'], /--trust-proxy takes the addresses of your proxies.*not "--open"/],
  [['--trust-proxy', '0.0.0.0/0'], /would believe whoever connects/],
  [['--public-url', 'lab.example'], /--public-url "lab\.example" has no scheme: write http:\/\/lab\.example/],
  [['--public-url', 'https://lab.example/#x'], /has a fragment/],
  [['--public-url', 'https://lab.example/join'], /has "join" in its path/],
  [['--host', 'http://0.0.0.0'], /--host takes an address of this machine/],
  [['--host', 'fe80::1'], /link-local/],
])('%j is refused with a sentence at once', async (words, sentence) => {
  expectRefusal(await shoal(['serve', ...words]), [sentence]);
});

test('a coordinator that listens on IPv6 is joined by it, from here and from elsewhere', async ({ skip }) => {
  const cluster = await Cluster.of(perceptron());
  for (const here of [1, 0]) {
    const coordinator = cluster.train(here, ['--host', '::1']);
    const url = await Promise.race([coordinator.joinUrl(), coordinator.end().then(() => null)]).catch(
      () => null,
    );
    if (url === null) return skip('This machine has no IPv6.');
    expect(url).toMatch(/^http:\/\/\[::1\]:\d+\/join#/);
    const worker = here > 0 ? null : startWorker(url, 'six');
    expect(await coordinator.result()).toMatchObject({ state: 'finished' });
    if (worker !== null) expect(await worker.end()).toMatchObject({ code: 0 });
    await coordinator.end();
  }
});
