/**
 * Who asks and does not read, who connects and says nothing, who stays after having been sent away, and who asks for
 * more than there is room for: none of it takes memory or places from others, and the run goes on.
 */
import { KERNEL_BUILD, type RunListView } from '@shoal/core';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { OTHER_ADDRESS, residentMegabytes, tcp } from '../support/attacker.ts';
import { Cluster } from '../support/cluster.ts';
import { CoordinatorClient } from '../support/coordinatorClient.ts';
import { ForeignWorker, helloWith } from '../support/foreignWorker.ts';
import { perceptron } from '../support/specs.ts';

/** A model whose vector has 8.4 MB, and samples enough for two blocks of the largest size. */
const WIDE = [
  { type: 'flatten' },
  { type: 'dense', units: 20_000 },
  { type: 'relu' },
  { type: 'dense', units: 4 },
];
const SAMPLES = { train: 20_000, test: 100 };
/** A token may hold two versions of the vector, and a third is there long before the first is cut. */
const READERS = {
  tokenAnswersBytesMax: 16_000_000,
  readGraceMs: 10_000,
  readBytesPerSecondMin: 1_000_000,
  watchTimeoutMs: 3_000,
};

test.skipIf(process.platform !== 'linux')(
  'whoever asks and does not read takes no memory, and nobody who has shown no token keeps others out',
  async () => {
    const spec = { epochs: 5_000, batch: 120, microbatch: 60, checkpoint: { everySteps: 100_000 } };
    const model = { input: [1, 10, 10], layers: WIDE, loss: 'cross_entropy' };
    const cluster = await Cluster.of(perceptron({ ...spec, model }), SAMPLES);
    const settings = Object.entries(READERS).flatMap(([name, value]) => ['--limit', `${name}=${value}`]);
    const coordinator = cluster.train(1, [...settings, '--verbose']);
    const client = await CoordinatorClient.of(coordinator);
    const { origin } = new URL(client.url);
    const { viewer, worker, operator } = client.tokens;
    await coordinator.line(({ type }) => type === 'step', 'The first step');
    const { body } = await client.get('/api/run/data');
    const { manifests } = body as { manifests: { train: { blocks: { sha256: string }[] } } };
    const { runs } = (await client.get('/api/runs')).body as RunListView;
    const before = residentMegabytes(coordinator.pid);

    /** Asks `times` on one connection and reads nothing. */
    const ask = async (path: string, token: string, times = 1) => {
      const one = await tcp(origin);
      one.socket.pause();
      one.socket.write(
        `GET ${path} HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer ${token}\r\n\r\n`.repeat(times),
      );
      return one;
    };
    const readers: Awaited<ReturnType<typeof ask>>[] = [];
    for (let i = 0; i < 150; i += 1) readers.push(await ask('/api/run/parameters', viewer));
    for (let i = 0; i < 100; i += 1) {
      readers.push(await ask(`/blocks/${manifests.train.blocks[i % 2]?.sha256}`, worker));
    }
    for (let i = 0; i < 50; i += 1) readers.push(await ask(`/api/runs/${runs[0]?.runId}`, viewer));
    for (let i = 0; i < 10; i += 1) readers.push(await ask('/api/run/parameters', viewer, 200));
    for (let i = 0; i < 100; i += 1) readers.push(await ask('/', ''));
    // One token is at its end, and no other.
    const parameters = (token: string) =>
      fetch(`${origin}/api/run/parameters`, { headers: { authorization: `Bearer ${token}` } });
    await expect.poll(async () => (await parameters(viewer)).status, { timeout: 120_000 }).toBe(429);
    const refused = await parameters(viewer);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '2']);
    expect(((await refused.json()) as { error: string }).error).toMatch(/limit tokenAnswers/);
    const rose = residentMegabytes(coordinator.pid) - before;
    const answered = await parameters(operator);
    expect((await answered.arrayBuffer()).byteLength).toBe(4 * (101 * 20_000 + 4 * 20_001));
    // What is larger than the system takes unread is cut after its time, and its token is free again.
    await expect
      .poll(async () => (await parameters(viewer)).status, { timeout: 200_000, interval: 500 })
      .toBe(200);
    console.log(
      `Resident memory rose by ${rose.toFixed(0)} MB under ${readers.length} readers that do not read.`,
    );
    // A copy for each of the readers of parameters would be 1,300 MB; a run with such vectors has garbage of its own.
    expect(rose, 'megabytes').toBeLessThan(250);
    for (const { socket } of readers) socket.destroy();

    // Pages that say nothing, from two addresses, as many as there are places for pages that watch.
    const silent: WebSocket[] = [];
    for (const localAddress of [OTHER_ADDRESS, '127.0.0.3']) {
      for (let i = 0; i < 150; i += 1) {
        const socket = new WebSocket(`${origin.replace('http', 'ws')}/watch`, { localAddress });
        socket.on('error', () => {});
        silent.push(socket);
      }
    }
    await Promise.all(
      silent.map((socket) => new Promise((resolve) => socket.once('open', resolve).once('close', resolve))),
    );
    const watching = await client.watch();
    await watching.until(({ run }) => run !== null, 'A snapshot for the operator');
    watching.drop();
    for (const socket of silent) socket.terminate();

    // A worker that is removed sees no more, by whatever it had open.
    const joinUrl = await coordinator.joinUrl();
    const guest = await ForeignWorker.connect(joinUrl);
    guest.send(helloWith(joinUrl, { kernels: KERNEL_BUILD, name: 'guest' }));
    const welcome = await guest.message(({ type }) => type === 'welcome', 'The welcome');
    const credential = String(welcome.credential);
    const spying = await client.watch(null, credential);
    await spying.until(({ run }) => run !== null, 'A snapshot for the guest');
    const loading = await ask('/api/run/parameters', credential);
    await client.post(`/api/workers/${welcome.worker}`, { action: 'remove' });
    await spying.until(({ closedWith }) => closedWith !== null, 'The end of what the guest watched');
    expect(spying.closedWith).toBe(1008);
    expect(spying.messages.at(-1)).toMatchObject({
      type: 'refused',
      message: expect.stringMatching(/revoked/),
    });
    loading.socket.resume();
    await loading.closedAfterMs;
    expect((await parameters(credential)).status).toBe(401);

    // Specs that would take up the stack.
    const blocks = `${'{"type":"residual","layers":['.repeat(1_200)}${']}'.repeat(1_200)}`;
    const lists = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    for (const layers of [`[${blocks}]`, lists, `[${Array(60_000).fill('1').join()}]`]) {
      for (const path of ['/api/spec', '/api/runs']) {
        const { status, body: answer } = await client.post(path, `{"spec":{"model":{"layers":${layers}}}}`);
        expect(status).toBe(400);
        expect(answer).toMatchObject({ error: expect.stringMatching(/deep|values/) });
      }
      const preset = await client.post('/api/spec', `{"spec":{"preset":${layers}}}`);
      expect(preset.status).toBe(400);
    }
    expect(coordinator.isRunning).toBe(true);
    expect(coordinator.errors).not.toMatch(/defect|^\s+at /m);
  },
);
