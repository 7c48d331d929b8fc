/**
 * Invariant 1: the parameters that a run delivers are the same to the bit for any number of workers and threads,
 * whoever is killed on the way, and in one process without a network.
 */
import { sentence } from '@shoal/core';
import { expect, test } from 'vitest';
import { Cluster, isEpoch, isWorker, startWorker } from '../support/cluster.ts';
import { CoordinatorClient } from '../support/coordinatorClient.ts';
import { Line } from '../support/line.ts';
import { everything, perceptron, residual, rounds } from '../support/specs.ts';

test.each([
  ['a multi-layer perceptron', perceptron()],
  ['a convolutional network with batch norm, dropout, augmentation and early stopping', everything()],
  ['a residual network with layer norm and learned slopes', residual()],
  ['a convolutional network trained in rounds of local steps', rounds()],
])('%s gives the same bits alone, on 1 worker, on 3 workers and on 2 threads', async (_name, spec) => {
  const cluster = await Cluster.of(spec);
  const alone = await cluster.alone();
  for (const run of [cluster.train(1), cluster.train(3), cluster.train(1, ['--threads', '2'])]) {
    const result = await run.result();
    expect(result).toMatchObject({ parametersSha256: alone.parametersSha256, steps: alone.steps });
    expect((await run.end()).code).toBe(0);
    expect(run.lines[0]).toMatchObject({ type: 'run' });
    expect(run.lines.at(-1)).toBe(result);
  }
});

test('early stopping delivers an epoch that is not the last one, with its figures', async () => {
  const cluster = await Cluster.of(everything());
  const alone = await cluster.alone();
  if (alone.state !== 'finished') throw new Error(sentence(alone.reason, 'en'));
  // Otherwise nothing was restored and the tests above show less than they say.
  expect(alone.deliveredEpoch).toBeLessThan(alone.epochs);
  expect(alone.epochs).toBeLessThan(cluster.spec.epochs);
  const run = cluster.train(2);
  expect(await run.result()).toMatchObject({
    type: 'result',
    state: 'finished',
    epochs: alone.epochs,
    steps: alone.steps,
    bestEpoch: alone.deliveredEpoch,
    trainLoss: alone.history[alone.deliveredEpoch - 1]?.trainLoss,
    valAccuracy: alone.validation?.accuracy,
    testAccuracy: alone.test?.accuracy,
    seconds: expect.any(Number),
    runId: expect.stringMatching(/^everything-/),
    parametersSha256: alone.parametersSha256,
  });
});

test.each([
  ['8 bits both ways', { coding: { up: 'int8', down: 'int8' } }],
  [
    '4 bits both ways, by rounds of local steps',
    {
      batch: 10,
      steps: { type: 'localSteps', replicas: 4, localSteps: 3 },
      coding: { up: 'int4', down: 'int4' },
    },
  ],
])(
  'vectors that travel in %s give the bits of one process, in memory and over sockets',
  async (_what, change) => {
    const cluster = await Cluster.of(everything({ epochs: 12, earlyStopping: null, ...change }));
    const alone = await cluster.alone();
    const local = cluster.train(2);
    expect(await local.result()).toMatchObject({
      parametersSha256: alone.parametersSha256,
      testAccuracy: alone.state === 'finished' ? alone.test?.accuracy : null,
    });

    // Slow: it does not end before it is paused.
    const coordinator = cluster.train(0, ['--pace', '5']);
    const url = await coordinator.joinUrl();
    startWorker(url, 'first');
    await coordinator.line(isEpoch(1), 'Epoch 1');
    // Too late for the changes since the beginning; the run waits for it.
    const client = await CoordinatorClient.of(coordinator);
    expect((await client.post('/api/run/pause')).status).toBe(200);
    startWorker(url, 'second', 2);
    await coordinator.line(isWorker('joined', 'second'), 'The second worker');
    expect((await client.post('/api/run/pace', { stepsPerSecond: null })).status).toBe(200);
    expect((await client.post('/api/run/resume')).status).toBe(200);
    expect((await coordinator.result()).parametersSha256).toBe(alone.parametersSha256);
  },
);

test('workers that are killed and others that are started during the run change nothing', async () => {
  const cluster = await Cluster.of(everything({ epochs: 16, earlyStopping: null }), {
    train: 1260,
    test: 60,
  });
  const alone = await cluster.alone();
  const coordinator = cluster.train(0);
  const url = await coordinator.joinUrl();
  const kill = async (worker: ReturnType<typeof startWorker>, name: string): Promise<void> => {
    worker.kill('SIGKILL');
    expect(await worker.exited).toMatchObject({ code: null, signal: 'SIGKILL' });
    await coordinator.line(isWorker('left', name), `The end of ${name}`);
  };

  const first = startWorker(url, 'first');
  const second = startWorker(url, 'second', 2);
  await coordinator.line(isEpoch(1), 'Epoch 1');
  await kill(first, 'first');
  // A process takes its time to start, in which the second one could do all the rest.
  const client = await CoordinatorClient.of(coordinator);
  expect((await client.post('/api/run/pause')).status).toBe(200);
  const third = startWorker(url, 'third');
  await coordinator.line(isWorker('joined', 'third'), 'The third worker');
  expect((await client.post('/api/run/resume')).status).toBe(200);
  await kill(second, 'second');
  const until = coordinator.lines.findLastIndex((line) => line.type === 'epoch');
  await coordinator.line((line) => line.type === 'epoch', 'Another epoch', until + 1);
  await kill(third, 'third');
  startWorker(url, 'fourth');

  const result = await coordinator.result();
  const order = coordinator.lines
    .filter((line) => line.type === 'worker' || line.type === 'epoch')
    .map((line) => (line.type === 'worker' ? `${line.event} ${line.name}` : `epoch ${line.epoch}`));
  const story = `What happened: ${order.join(', ')}. Without a kill before the last epoch this test shows nothing.`;
  for (const name of ['first', 'second', 'third']) {
    expect(order, story).toContain(`left ${name}`);
    expect(order.indexOf(`left ${name}`), story).toBeLessThan(order.indexOf('epoch 16'));
  }
  expect(order.indexOf('joined fourth'), story).toBeLessThan(order.indexOf('epoch 16'));
  expect(result.parametersSha256).toBe(alone.parametersSha256);
});

test.each([
  ['as they are', {}],
  ['in 4 bits both ways', { coding: { up: 'int4', down: 'int4' } }],
])(
  'half of the workers killed, and others cut off, in the middle of rounds, again and again, change nothing where vectors travel %s',
  async (_what, coding) => {
    const spec = rounds({ batch: 30, epochs: 30, earlyStopping: null, ...coding });
    // A round takes 600 of 620 samples, so that nearly every epoch ends with a round of its own.
    const cluster = await Cluster.of(spec, { train: 680, test: 60 });
    const alone = await cluster.alone();
    expect([alone.epochs, alone.steps]).toEqual([30, 31]);
    const coordinator = cluster.train(0);
    const url = await coordinator.joinUrl();
    const client = await CoordinatorClient.of(coordinator);
    let started = 0;
    const start = async () => {
      started += 1;
      const name = `worker-${started}`;
      const line = await Line.to(url);
      const process = startWorker(line.url, name);
      await coordinator.line(isWorker('joined', name), `The start of ${name}`);
      return { name, process, line };
    };
    expect((await client.post('/api/run/pause')).status).toBe(200);
    const there = [await start(), await start(), await start(), await start()];
    const kills = 5;
    for (let kill = 0; kill < kills; kill += 1) {
      const from = coordinator.lines.length;
      expect((await client.post('/api/run/resume')).status).toBe(200);
      await coordinator.line((line) => line.type === 'epoch', 'Another epoch', from);
      // The next round has begun. What is in hand is lost with whoever is killed; nothing else is granted meanwhile.
      expect((await client.post('/api/run/pause')).status).toBe(200);
      for (const { name, process } of there.splice(0, 2)) {
        process.kill('SIGKILL');
        expect(await process.exited).toMatchObject({ code: null, signal: 'SIGKILL' });
        await coordinator.line(isWorker('left', name), `The end of ${name}`);
      }
      // One of the others comes back, to what it holds of the parameters and has missed meanwhile.
      const [{ name, line }] = there as [(typeof there)[number]];
      const cut = coordinator.lines.length;
      line.break();
      await coordinator.line(isWorker('left', name), `The end of the connection of ${name}`, cut);
      await coordinator.line(isWorker('joined', name), `The return of ${name}`, cut);
      there.push(await start(), await start());
    }
    expect((await client.post('/api/run/resume')).status).toBe(200);
    expect(await coordinator.result()).toMatchObject({
      parametersSha256: alone.parametersSha256,
      steps: alone.steps,
    });
  },
);
