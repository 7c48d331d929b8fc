/**
 * Invariant 4: no input from the network can crash the coordinator. A malformed message ends its connection with a
 * stated reason, a hung worker costs time, and the run still ends with the same bits.
 */
import { KERNEL_BUILD } from '@shoal/core';
import { expect, test } from 'vitest';
import { Cluster, isEpoch, isWorker, startWorker } from '../support/cluster.ts';
import { CoordinatorClient } from '../support/coordinatorClient.ts';
import { exactWork } from '../support/exactCompute.ts';
import { checksum } from '../support/foreignArithmetic.ts';
import { answersTo, ForeignWorker, helloWith, type Message } from '../support/foreignWorker.ts';
import { pack } from '../support/messagePack.ts';
import { perceptron } from '../support/specs.ts';

test('whatever comes over the wire ends its own connection with a reason, and nothing else', async () => {
  const cluster = await Cluster.of(perceptron());
  const alone = await cluster.alone();
  const work = await exactWork(cluster.spec);
  const coordinator = cluster.train(0);
  const url = await coordinator.joinUrl();
  let count = 0;

  const hello = (fields: Message = {}): Message => {
    count += 1;
    return helloWith(url, {
      kernels: KERNEL_BUILD,
      identity: `hostile-${count}`,
      name: `hostile ${count}`,
      ...fields,
    });
  };
  const isLease = (message: Message): boolean => message.type === 'lease';
  const answers = (worker: ForeignWorker, lease: Message): Message[] =>
    answersTo(lease, worker, work.compute);
  /** A worker that has been welcomed and holds its probe. */
  const welcomed = async (fields: Message = {}): Promise<ForeignWorker> => {
    const worker = await ForeignWorker.connect(url);
    worker.versions.set(0, work.initial);
    worker.send(hello(fields));
    await worker.message(isLease, 'The probe');
    return worker;
  };
  /** A worker that has passed the probe and holds a real lease. */
  const trusted = async (): Promise<{ worker: ForeignWorker; lease: Message; right: Message }> => {
    const worker = await welcomed();
    const probe = await worker.message(isLease, 'The probe');
    for (const answer of answers(worker, probe)) worker.send(answer);
    const lease = await worker.message((message) => isLease(message) && message.task !== 'probe', 'A lease');
    return { worker, lease, right: answers(worker, lease)[0] as Message };
  };
  const expectBye = async (
    worker: ForeignWorker,
    code: string,
    number: number,
    sentence: RegExp,
  ): Promise<void> => {
    expect(await worker.closed).toEqual({ code: number, reason: code });
    expect(worker.messages.at(-1)).toMatchObject({
      type: 'bye',
      code,
      message: expect.stringMatching(sentence),
    });
    expect(coordinator.isRunning).toBe(true);
  };

  // Says nothing at all; its time runs while the others do their worst.
  const mute = await ForeignWorker.connect(url);

  const greetings: readonly [Uint8Array | string, string, number, RegExp][] = [
    ['hello', 'badMessage', 4002, /binary MessagePack frames, but a text frame came/],
    [Buffer.from('c1', 'hex'), 'badMessage', 4002, /./],
    [Buffer.from([...Array(40)].map((_, i) => (i * 97) % 256)), 'badMessage', 4002, /./],
    [pack([1, 2, 3]), 'badMessage', 4002, /./],
    [pack({ type: 'ready' }), 'badMessage', 4002, /first message is "hello", not "ready"/],
    [Buffer.concat([Buffer.alloc(30, 0x91), Buffer.of(0xc0)]), 'badMessage', 4002, /nest|deep/i],
    [pack({ type: 'hello', padding: new Uint8Array(20_000) }), 'badMessage', 4002, /at most 16384 bytes/],
    [pack(hello({ more: 1 })), 'badMessage', 4002, /more/],
    [pack(hello({ threads: 0 })), 'badMessage', 4002, /threads/],
    [pack(hello({ token: '' })), 'badToken', 4001, /needs a join token.*--token/],
    [pack(hello({ token: 'x'.repeat(22) })), 'badToken', 4001, /join token is wrong: use the join link/],
    [
      pack(hello({ protocols: [98, 99] })),
      'protocolVersion',
      4003,
      /protocol 2, the worker 98, 99\. Install/,
    ],
    [
      pack(hello({ protocols: [1] })),
      'protocolVersion',
      4003,
      /protocol 2, the worker 1\. The worker's Shoal is older: install the coordinator's release there/,
    ],
    [
      pack(hello({ kernels: '1-000000000000' })),
      'kernelBuild',
      4004,
      /1-000000000000; their bits could differ\. Install/,
    ],
    [
      pack(hello({ engines: ['blas'] })),
      'noEngine',
      4005,
      /needs one of the engines wasm-strict; the worker offers blas/,
    ],
  ];
  for (const [frame, code, number, sentence] of greetings) {
    const worker = await ForeignWorker.connect(url);
    worker.sendRaw(frame);
    await expectBye(worker, code, number, sentence);
  }

  const giant = await ForeignWorker.connect(url);
  giant.sendRaw(new Uint8Array(64 * 1024 * 1024));
  // Never read to its end: told why, or by the WebSocket's own code for a frame that is too big, or cut.
  expect([4002, 1009, 1006]).toContain((await giant.closed).code);

  const twice = await welcomed();
  twice.send(hello());
  await expectBye(twice, 'badMessage', 4002, /says "hello" once/);

  const liar = await welcomed();
  const [truth] = answers(liar, await liar.message(isLease, 'The probe')) as [Message];
  const bent = Uint8Array.from(truth.vector as Uint8Array);
  bent[0] = (bent[0] as number) ^ 1;
  liar.send({ ...truth, vector: bent, checksum: checksum(bent) });
  await expectBye(
    liar,
    'probeFailed',
    4006,
    /other bits than this run computes\. The loss is right, [\d.]+\. 1 of \d+ elements of the gradient differ; the first is element 0, \w+\.weight\[[0, ]+\]: expected .* received .* Install/,
  );

  const unable = await welcomed();
  unable.send({ type: 'failed', lease: 0, code: 'engineFailed', message: 'No SIMD here.' });
  await expectBye(
    unable,
    'probeFailed',
    4006,
    /could not compute the probe \(engineFailed\): No SIMD here\./,
  );

  const older = await welcomed({ identity: 'the-same-worker' });
  // Whoever calls itself the same is not; whoever shows what the other was given is.
  const namesake = await welcomed({ identity: 'the-same-worker' });
  const { credential = null } = await older.message(({ type }) => type === 'welcome', 'The welcome');
  const newer = await welcomed({ token: credential });
  await expectBye(older, 'replaced', 4008, /connected again/);
  namesake.send({ type: 'leave', reason: 'Enough.' });
  expect((await namesake.closed).code).toBe(4000);
  newer.send({ type: 'leave', reason: 'Enough.' });
  expect((await newer.closed).code).toBe(4000);

  const quietNaN = new Float32Array((truth.vector as Uint8Array).length / 4).fill(Number.NaN);
  const nan = new Uint8Array(quietNaN.buffer);
  const lies: readonly [(right: Message) => Message, RegExp][] = [
    [
      ({ vector, ...rest }) => ({ ...rest, vector: (vector as Uint8Array).slice(4) }),
      /gradient of this model has \d+ bytes, not \d+/,
    ],
    [(right) => ({ ...right, checksum: ((right.checksum as number) ^ 1) >>> 0 }), /checksum does not match/],
    [
      (right) => ({ ...right, vector: nan, checksum: checksum(nan) }),
      /infinities or NaN but says that it is finite/,
    ],
    [(right) => ({ ...right, vector: null, checksum: 0 }), /does not fit the lease/],
    [(right) => ({ ...right, finite: false, loss: 0, correct: 0 }), /not finite brings no gradient/],
    [(right) => ({ ...right, level: 40, index: 7 }), /does not fit the lease/],
    [(right) => ({ ...right, count: (right.count as number) + 1 }), /does not fit the lease/],
    [(right) => ({ ...right, correct: (right.count as number) + 1 }), /./],
    [(right) => ({ ...right, loss: Number.POSITIVE_INFINITY }), /loss/],
    [(right) => ({ ...right, lease: -1 }), /lease/],
  ];
  for (const [lie, sentence] of lies) {
    const { worker, right } = await trusted();
    worker.send(lie(right));
    await expectBye(worker, 'badMessage', 4002, sentence);
  }

  // Holds its leases, answers every ping, and never computes anything.
  const sleeper = await trusted();
  // Answers somebody else's lease with nonsense of the right form; that is not even worth a goodbye.
  const thief = await trusted();
  thief.worker.send({
    ...thief.right,
    lease: sleeper.lease.lease as number,
    vector: bent,
    checksum: checksum(bent),
  });
  thief.worker.send({ ...thief.right, lease: 987_654, vector: bent, checksum: checksum(bent) });
  for (const answer of answers(thief.worker, thief.lease)) thief.worker.send(answer);
  await thief.worker.message(
    (message) => isLease(message) && (message.lease as number) > (thief.lease.lease as number),
    'Another lease for a worker that was let stay',
  );
  thief.worker.send({ type: 'leave', reason: 'Enough.' });
  expect((await thief.worker.closed).code).toBe(4000);

  expect((await fetch(`${new URL(url).origin}/no-such-page`)).status).toBe(404);
  expect((await fetch(`${new URL(url).origin}/blocks/${'0'.repeat(64)}`)).status).toBe(401);
  await expectBye(mute, 'silent', 4007, /No valid hello came within 10 s/);
  expect(coordinator.lines.some(({ type }) => type === 'result')).toBe(false);

  startWorker(url, 'honest');
  expect(await coordinator.result()).toMatchObject({
    state: 'finished',
    parametersSha256: alone.parametersSha256,
  });
  expect(await sleeper.worker.closed).toEqual({ code: 4000, reason: 'finished' });
  expect(await coordinator.end()).toMatchObject({ code: 0 });
  expect(coordinator.errors).not.toMatch(/defect|^\s+at /m);
});

test.skipIf(process.platform === 'win32')(
  'a worker that hangs with leases in its hands costs time and nothing else',
  async () => {
    const cluster = await Cluster.of(perceptron({ epochs: 300 }));
    const alone = await cluster.alone();
    // Slow, so that it is not over before the worker hangs, and before another has started.
    const coordinator = cluster.train(0, ['--pace', '20']);
    const url = await coordinator.joinUrl();
    const hung = startWorker(url, 'hung');
    await coordinator.line(isEpoch(2), 'Epoch 2');
    hung.kill('SIGSTOP');
    // Whatever of epoch 2 and later it has answered, it cannot end the run any more: somebody else has to.
    startWorker(url, 'awake');
    await coordinator.line(isWorker('joined', 'awake'), 'The other worker');
    expect(coordinator.lines.some(isEpoch(300)), 'The run was over before the worker hung.').toBe(false);
    const client = await CoordinatorClient.of(coordinator);
    expect((await client.post('/api/run/pace', { stepsPerSecond: null })).status).toBe(200);
    expect(await coordinator.result()).toMatchObject({
      state: 'finished',
      parametersSha256: alone.parametersSha256,
    });
    expect(await coordinator.end()).toMatchObject({ code: 0 });
    expect(hung.isRunning).toBe(true);
  },
);
