/** Who may do what at a real coordinator: links, credentials, revocation, and nothing of them where it does not belong. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { KERNEL_BUILD } from '@shoal/core';
import { expect, test } from 'vitest';
import { attack, OTHER_ADDRESS } from '../support/attacker.ts';
import { Cluster, isWorker, runIdOf, startWorker } from '../support/cluster.ts';
import { ForeignWorker, helloWith, type Message } from '../support/foreignWorker.ts';
import { pack } from '../support/messagePack.ts';
import type { ShoalProcess } from '../support/shoalProcess.ts';
import { perceptron } from '../support/specs.ts';

const tokenOf = (link: unknown): string => decodeURIComponent(new URL(String(link)).hash.slice(1));

/** The links that a coordinator prints, by role. */
async function linksOf(coordinator: ShoalProcess) {
  const line = await coordinator.line(({ type }) => type === 'listening', 'The links');
  return {
    join: String(line.joinUrl),
    origin: new URL(String(line.joinUrl)).origin,
    tokens: {
      worker: tokenOf(line.joinUrl),
      viewer: tokenOf(line.watchUrl),
      operator: tokenOf(line.dashboardUrl),
    },
  };
}

type Links = Awaited<ReturnType<typeof linksOf>>;

const call = (links: Links, token: string | null, path: string, body?: unknown) =>
  fetch(`${links.origin}${path}`, {
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  });

let count = 0;
/** A worker that says hello with this token, or with that of the link. */
async function greet(links: Links, fields: Message = {}): Promise<ForeignWorker> {
  const worker = await ForeignWorker.connect(links.join);
  count += 1;
  worker.send(helloWith(links.join, { kernels: KERNEL_BUILD, identity: `guest-000${count}`, ...fields }));
  return worker;
}

const welcomeOf = (worker: ForeignWorker): Promise<Message> =>
  worker.message(({ type }) => type === 'welcome', 'The welcome');

test('each link opens what its role may, and no more', async () => {
  const cluster = await Cluster.of(perceptron());
  const coordinator = cluster.train(0);
  const links = await linksOf(coordinator);
  const { viewer, worker, operator } = links.tokens;
  const statuses = async (path: string, body?: unknown) =>
    Promise.all(
      [null, 'wrong', viewer, worker, operator].map(
        async (token) => (await call(links, token, path, body)).status,
      ),
    );
  expect(await statuses('/api/runs')).toEqual([401, 401, 200, 200, 200]);
  expect(await statuses('/api/run/data')).toEqual([401, 401, 200, 200, 200]);
  expect(await statuses('/api/run/pause', {})).toEqual([401, 401, 403, 403, 200]);
  expect(await statuses('/api/access/revoke', { role: 'viewers' })).toEqual([401, 401, 403, 403, 400]);
  const watcher = await greet(links, { token: viewer });
  expect(await watcher.closed).toEqual({ code: 4001, reason: 'badToken' });
  expect(watcher.messages.at(-1)?.message).toMatch(/Your link is for a viewer/);
});

test('the link to watch opens the samples that a page shows, and none where the operator says so', async () => {
  for (const [more, seen] of [
    [[], 200],
    [['--no-viewer-data'], 403],
  ] as const) {
    const cluster = await Cluster.of(perceptron());
    const links = await linksOf(cluster.train(0, more));
    const { viewer, worker, operator } = links.tokens;
    const statuses = async (path: string) =>
      Promise.all([viewer, worker, operator].map(async (token) => (await call(links, token, path)).status));
    expect(await statuses('/api/run/data')).toEqual([seen, 200, 200]);
    const answer = await call(links, operator, '/api/run/data');
    const { manifests } = (await answer.json()) as {
      manifests: Record<'train' | 'validation' | 'test', { blocks: { sha256: string }[] }>;
    };
    const block = (set: keyof typeof manifests) => `/blocks/${manifests[set].blocks[0]?.sha256}`;
    expect(await statuses(block('test'))).toEqual([seen, 200, 200]);
    expect(await statuses(block('train'))).toEqual([seen, 200, 200]);
    expect(await statuses(block('validation'))).toEqual([403, 200, 200]);
  }
});

test('a volunteer comes back with a credential of its own, and is sent away without a new link for the others', async () => {
  const cluster = await Cluster.of(perceptron());
  const coordinator = cluster.train(0);
  const links = await linksOf(coordinator);
  const welcome = await welcomeOf(await greet(links, { identity: 'volunteer-1' }));
  const credential = String(welcome.credential);
  expect(credential.length).toBeLessThanOrEqual(256);
  expect(credential).not.toBe(links.tokens.worker);
  // It is a worker's token like the link, also for data; and a worker that has it gets no other.
  expect((await call(links, credential, '/api/run/data')).status).toBe(200);
  const again = await greet(links, { identity: 'volunteer-1', token: credential });
  const second = await welcomeOf(again);
  expect(second.credential).toBe(undefined);

  const other = await greet(links);
  const others = String((await welcomeOf(other)).credential);
  const removed = await call(links, links.tokens.operator, `/api/workers/${second.worker}`, {
    action: 'remove',
  });
  expect(removed.status).toBe(200);
  expect((await again.closed).code).toBe(4011);
  const back = await greet(links, { token: credential });
  expect(await back.closed).toEqual({ code: 4016, reason: 'revoked' });
  expect((await call(links, credential, '/api/run/data')).status).toBe(401);
  expect((await call(links, others, '/api/run/data')).status).toBe(200);
  await welcomeOf(await greet(links));
});

test('whoever was removed stays away, by any token, until the operator lets it in again', async () => {
  const cluster = await Cluster.of(perceptron());
  const coordinator = cluster.train(0);
  const links = await linksOf(coordinator);
  const { operator, viewer, worker } = links.tokens;
  const ada = await greet(links, { identity: 'volunteer-ada', name: 'Ada' });
  const welcome = await welcomeOf(ada);
  await call(links, operator, `/api/workers/${welcome.worker}`, { action: 'remove' });
  const kindly = /^The operator has ended your part in this run\. What you have computed stays in it/;
  expect(await ada.closed).toEqual({ code: 4011, reason: 'removed' });
  expect(ada.messages.at(-1)?.message).toMatch(kindly);

  for (const token of [worker, String(welcome.credential)]) {
    const back = await greet(links, { identity: 'volunteer-ada', token });
    expect(await back.closed).toEqual({ code: 4011, reason: 'removed' });
    expect(back.messages.at(-1)?.message).toMatch(kindly);
  }
  // A wrong token learns nothing of who was removed.
  const stranger = await greet(links, { identity: 'volunteer-ada', token: 'wrong' });
  expect(await stranger.closed).toEqual({ code: 4001, reason: 'badToken' });
  await welcomeOf(await greet(links));

  for (const token of [null, viewer, worker]) {
    expect((await call(links, token, '/api/removed')).ok).toBe(false);
    expect((await call(links, token, '/api/removed/1', { action: 'letIn' })).ok).toBe(false);
  }
  const list = (await (await call(links, operator, '/api/removed')).json()) as { id: number }[];
  expect(list).toEqual([{ id: 1, name: 'Ada', removedSecondsAgo: expect.any(Number) }]);
  expect(JSON.stringify(list)).not.toContain('volunteer-ada');
  expect((await call(links, operator, '/api/removed/7', { action: 'letIn' })).status).toBe(404);
  const pardon = await call(links, operator, '/api/removed/1', { action: 'letIn' });
  expect(await pardon.json()).toMatchObject({ message: 'Ada may come in again.' });
  await welcomeOf(await greet(links, { identity: 'volunteer-ada' }));
});

test('revoked links end their connections for good, the new ones work, and a restart changes neither', async () => {
  const cluster = await Cluster.of(perceptron({ epochs: 4_000 }));
  // Slow: the run does not end while processes start.
  const coordinator = cluster.train(1, ['--pace', '20']);
  const runId = await runIdOf(coordinator);
  const links = await linksOf(coordinator);
  const ada = startWorker(links.join, 'Ada');
  await coordinator.line(isWorker('joined', 'Ada'), 'Ada');
  const answer = await call(links, links.tokens.operator, '/api/access/revoke', { role: 'worker' });
  expect(answer.status).toBe(200);
  const { join: fresh } = (await answer.json()) as { join: { links: string[] } };
  expect(await ada.end()).toMatchObject({ code: 2 });
  expect(ada.errors).toMatch(/revoked by the operator/);
  const late = await greet(links);
  expect(await late.closed).toEqual({ code: 4016, reason: 'revoked' });
  startWorker(String(fresh.links[0]), 'Bea');
  await coordinator.line(isWorker('joined', 'Bea'), 'Bea');
  // Those of this machine are no strangers and have stayed.
  expect(coordinator.lines.some(isWorker('left', 'local-1'))).toBe(false);

  coordinator.kill('SIGKILL');
  await coordinator.exited;
  const resumed = cluster.resume(runId, 0);
  const after = await linksOf(resumed);
  expect(after.join).toBe(fresh.links[0]);
  expect(after.tokens.operator).toBe(links.tokens.operator);
  // By itself, with its credential.
  await resumed.line(isWorker('joined', 'Bea'), 'Bea, again');
  await resumed.line(({ type }) => type === 'epoch', 'An epoch');
  expect(await (await greet({ ...after, join: links.join })).closed).toMatchObject({ reason: 'revoked' });
});

test('nothing of tokens, workers and addresses is where it does not belong', async () => {
  const cluster = await Cluster.of(perceptron());
  const coordinator = cluster.train(0, ['--log-level', 'trace']);
  const runId = await runIdOf(coordinator);
  const links = await linksOf(coordinator);
  const key = join(cluster.runs, runId, 'access.json');
  if (process.platform !== 'win32') expect((await stat(key)).mode & 0o077).toBe(0);
  const ada = startWorker(links.join, 'Ada-of-the-test');
  await coordinator.result();
  await coordinator.end();
  await ada.end();
  const secrets = Object.values(links.tokens);
  for (const secret of secrets) expect(coordinator.errors).not.toContain(secret);
  expect(coordinator.errors).not.toMatch(/127\.0\.0\.1|::1/);
  const folder = join(cluster.runs, runId);
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) =>
    one.isFile(),
  );
  // Nobody goes on with a run that has ended, so that a copy of its folder is no key to anything.
  expect(files.map(({ name }) => name)).not.toContain('access.json');
  expect(files.map(({ name }) => name)).toContain('model.safetensors');
  for (const file of files) {
    const path = join(file.parentPath, file.name);
    const text = await readFile(path, 'latin1');
    expect(text, path).not.toMatch(/Ada-of-the-test|127\.0\.0\.1/);
    for (const secret of secrets) expect(text, path).not.toContain(secret);
    expect(text, path).not.toContain(cluster.runs);
  }
});

test('in an open classroom anybody may compute, and nobody may do more', async () => {
  const cluster = await Cluster.of(perceptron());
  const alone = await cluster.alone();
  const coordinator = cluster.train(0, ['--open-classroom']);
  const links = await linksOf(coordinator);
  expect(new URL(links.join).hash).toBe('#open');
  expect((await welcomeOf(await greet(links, { token: '' }))).runId).toBeTypeOf('string');
  expect((await call(links, 'open', '/api/run/pause', {})).status).toBe(403);
  startWorker(links.join, 'anybody');
  expect(await coordinator.result()).toMatchObject({ parametersSha256: alone.parametersSha256 });
});

test.skipIf(process.platform !== 'linux')(
  'a proxy speaks for its clients only where it is trusted, and other origins only where they are named',
  async () => {
    const cluster = await Cluster.of(perceptron());
    const limit = ['--limit', 'addressConnectionsMax=1', '--allow-origin', 'https://class.example.org'];
    for (const trusted of [true, false]) {
      const coordinator = cluster.train(0, [...limit, ...(trusted ? ['--trust-proxy', OTHER_ADDRESS] : [])]);
      const { origin } = await linksOf(coordinator);
      const behind = (client: string) =>
        attack(origin, OTHER_ADDRESS, { 'x-forwarded-for': `198.51.100.1, ${client}` });
      const one = await behind('203.0.113.1');
      const two = await behind('203.0.113.2');
      const three = await behind('203.0.113.2');
      expect(await three.ended).toMatchObject({ code: 4014 });
      if (!trusted) expect(await two.ended).toMatchObject({ code: 4014 });
      expect(two.socket.readyState === 1).toBe(trusted);
      expect(one.socket.readyState).toBe(1);
      one.socket.send(pack({ type: 'ready' }));
      expect(await one.ended).toMatchObject({ code: 4002 });

      const named = await fetch(`${origin}/healthz`, { headers: { origin: 'https://class.example.org' } });
      expect(named.headers.get('access-control-allow-origin')).toBe('https://class.example.org');
      const evil = await attack(origin, OTHER_ADDRESS, { origin: 'https://evil.example' });
      expect(await evil.ended).toMatchObject({ code: 4017, bye: { code: 'badOrigin' } });
      coordinator.kill('SIGKILL');
      await coordinator.exited;
    }
  },
);
