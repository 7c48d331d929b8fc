/**
 * Gateways as real processes: the bits are the same for any tree of them, whoever is killed on the way; who may join is the
 * coordinator's to say; and a liar is found out behind them.
 */
import { ByeCode, KERNEL_BUILD } from '@shoal/core';
import { expect, onTestFinished, test } from 'vitest';
import { natsServer, natsServers } from '../../packages/coordinator/src/cluster/natsServer.suite.ts';
import { Cluster, fromStep, isEpoch, runIdOf, startWorker } from '../support/cluster.ts';
import { CoordinatorClient } from '../support/coordinatorClient.ts';
import { ForeignWorker, helloWith } from '../support/foreignWorker.ts';
import { liarAt } from '../support/liar.ts';
import { ShoalProcess, shoal } from '../support/shoalProcess.ts';
import { everything, perceptron, rounds } from '../support/specs.ts';

type Started = { readonly process: ShoalProcess; readonly url: string };

async function startGateway(link: string, name: string, more: readonly string[] = []): Promise<Started> {
  const words = ['gateway', link, '--host', '127.0.0.1', '--port', '0', '--name', name, '--json'];
  const process = ShoalProcess.start([...words, ...more]);
  const line = await process.line(({ type }) => type === 'gateway', `The address of ${name}`);
  return { process, url: line.url as string };
}

/** The link for gateways, as `shoal link` prints it. */
async function gatewayLink(cluster: Cluster, coordinator: ShoalProcess): Promise<string> {
  const runId = await runIdOf(coordinator);
  await coordinator.joinUrl();
  const printed = await shoal(['link', 'gateway', runId, '--out', cluster.runs]);
  expect(printed.code).toBe(0);
  return printed.text.trim();
}

/** The same token at another address. */
const at = (url: string, link: string): string => `${url}/join${new URL(link).hash}`;

test.each([
  ['steps with everything', everything()],
  ['rounds of local steps', rounds()],
  ['8 bits both ways', everything({ epochs: 8, earlyStopping: null, coding: { up: 'int8', down: 'int8' } })],
])(
  'the bits of %s are those of one process, by a gateway, by one below it and without one',
  async (_what, spec) => {
    const cluster = await Cluster.of(spec);
    const alone = await cluster.alone();
    // Slow: the run does not end before it is paused.
    const coordinator = cluster.train(0, ['--pace', '2']);
    const join = await coordinator.joinUrl();
    const link = await gatewayLink(cluster, coordinator);
    const upper = await startGateway(link, 'upper');
    const lower = await startGateway(at(upper.url, link), 'lower');
    const workers = [
      startWorker(at(upper.url, join), 'one'),
      startWorker(at(lower.url, join), 'two', 2),
      startWorker(at(lower.url, join), 'three'),
    ];
    await coordinator.line(isEpoch(1), 'Epoch 1');
    // The run is over sooner than a process starts: it waits for the one that comes late.
    const client = await CoordinatorClient.of(coordinator);
    expect((await client.post('/api/run/pause')).status).toBe(200);
    workers.push(startWorker(join, 'four'));
    await coordinator.line(({ event, name }) => event === 'joined' && name === 'four', 'Who comes late');
    expect((await client.post('/api/run/pace', { stepsPerSecond: null })).status).toBe(200);
    expect((await client.post('/api/run/resume')).status).toBe(200);
    expect(await coordinator.result()).toMatchObject({
      parametersSha256: alone.parametersSha256,
      steps: alone.steps,
    });
    // The end of the run goes down the tree.
    for (const one of [upper.process, lower.process, ...workers]) {
      expect((await one.end()).code, one.errors).toBe(0);
    }
  },
);

test('a gateway that is killed leaves its leases to others, and its workers find the coordinator', async () => {
  const cluster = await Cluster.of(everything({ epochs: 60, earlyStopping: null }));
  const alone = await cluster.alone();
  // Slow, until all are back: who comes back to a run that is over finds nobody, and tries again and again.
  const coordinator = cluster.train(0, ['--verbose', '--pace', '5']);
  const join = await coordinator.joinUrl();
  const link = await gatewayLink(cluster, coordinator);
  const first = await startGateway(link, 'first');
  const second = await startGateway(link, 'second', ['--other-address', first.url]);
  const workers = [
    startWorker(at(first.url, join), 'one'),
    startWorker(at(second.url, join), 'two'),
    startWorker(at(second.url, join), 'three'),
  ];
  await coordinator.line(fromStep(20), 'Step 20');
  second.process.kill('SIGKILL');
  await coordinator.line(fromStep(60), 'Step 60');
  first.process.kill('SIGKILL');
  const client = await CoordinatorClient.of(coordinator);
  const watching = await client.watch();
  const names = ['one', 'two', 'three'];
  await watching.until(
    ({ workers }) => workers.length === 3 && workers.every(({ name }) => names.includes(name)),
    'Everybody at the coordinator itself',
  );
  expect((await client.post('/api/run/pace', { stepsPerSecond: null })).status).toBe(200);
  expect((await coordinator.result()).parametersSha256).toBe(alone.parametersSha256);
  for (const worker of workers) expect((await worker.end()).code).toBe(0);
});

test('a coordinator that is killed and resumed finds its gateway and those below it again', async () => {
  const cluster = await Cluster.of(everything({ epochs: 40, earlyStopping: null }));
  const alone = await cluster.alone();
  // Slow: it does not end before it is killed.
  const coordinator = cluster.train(0, ['--verbose', '--pace', '20']);
  const runId = await runIdOf(coordinator);
  const join = await coordinator.joinUrl();
  const gateway = await startGateway(await gatewayLink(cluster, coordinator), 'gateway');
  startWorker(at(gateway.url, join), 'one');
  startWorker(at(gateway.url, join), 'two');
  await coordinator.line(fromStep(30), 'Step 30');
  coordinator.kill('SIGKILL');
  await coordinator.end();
  const resumed = cluster.resume(runId, 0);
  expect((await resumed.result()).parametersSha256).toBe(alone.parametersSha256);
});

test('only a link for gateways lets a gateway in, and it lets in nobody else', async () => {
  const cluster = await Cluster.of(perceptron({ epochs: 500 }));
  const coordinator = cluster.train(0);
  const join = await coordinator.joinUrl();
  const link = await gatewayLink(cluster, coordinator);
  const refused = await shoal(['gateway', join, '--host', '127.0.0.1', '--port', '0', '--json']);
  expect(refused.code).toBe(2);
  expect(refused.errors).toContain('A gateway needs a link of its own');
  const worker = await shoal(['worker', link, '--threads', '1', '--json']);
  expect(worker.code).toBe(2);
  expect(worker.errors).toContain('This link lets gateways in and nobody else');
});

test('tokens are what they are at the coordinator: a wrong one opens nothing, and a revoked one ends', async () => {
  const cluster = await Cluster.of(perceptron({ epochs: 5_000 }));
  const coordinator = cluster.train(0);
  const client = await CoordinatorClient.of(coordinator);
  const join = await coordinator.joinUrl();
  const gateway = await startGateway(await gatewayLink(cluster, coordinator), 'gateway');
  await gateway.process.line(({ message }) => String(message).startsWith('Joined run'), 'The run');
  const wrong = await shoal(['worker', `${gateway.url}/join#nonsense`, '--threads', '1', '--json']);
  expect(wrong.code).toBe(2);
  expect(wrong.errors).toContain('The join token is wrong');
  const blocks = await fetch(`${gateway.url}/blocks/${'0'.repeat(64)}`, {
    headers: { authorization: 'Bearer nonsense' },
  });
  expect(blocks.status).toBe(401);

  const worker = startWorker(at(gateway.url, join), 'one');
  await coordinator.line(isEpoch(1), 'Epoch 1');
  expect((await client.post('/api/access/revoke', { role: 'worker' })).status).toBe(200);
  expect((await worker.end()).code).toBe(2);
  expect(worker.errors).toContain('This link or credential was revoked by the operator. Ask for a new link.');
  // Nobody is left, and the gateway still stands.
  expect(gateway.process.isRunning).toBe(true);
});

test('a wrong answer behind a gateway convicts whoever gave it, and the run ends with the bits of the honest', async () => {
  const cluster = await Cluster.of(perceptron({ epochs: 800, trust: { spotCheck: 0.3 } }));
  const alone = await cluster.alone();
  // Slow, until the liar is found out: the run does not end before.
  const coordinator = cluster.train(0, ['--verbose', '--pace', '8']);
  const join = await coordinator.joinUrl();
  const gateway = await startGateway(await gatewayLink(cluster, coordinator), 'gateway');
  const url = at(gateway.url, join);
  const first = startWorker(url, 'first');
  await coordinator.line(isEpoch(1), 'Epoch 1');
  // As fast as the liar: beside a worker that is much faster it would be given next to nothing.
  const steady = await liarAt(url, cluster, 'honest-0000-3333', Number.POSITIVE_INFINITY);
  first.kill('SIGTERM');
  await first.exited;
  const { worker, lies } = await liarAt(url, cluster, 'liar-0000-3333', 5);
  expect((await worker.closed).code).toBe(ByeCode.convicted.code);
  expect(lies()).toBeGreaterThan(0);
  const honest = startWorker(url, 'honest');
  const client = await CoordinatorClient.of(coordinator);
  expect((await client.post('/api/run/pace', { stepsPerSecond: null })).status).toBe(200);
  expect((await coordinator.result()).parametersSha256).toBe(alone.parametersSha256);
  // Neither the gateway nor whoever else is behind it.
  expect((await steady.worker.closed).code).not.toBe(ByeCode.convicted.code);
  expect((await honest.end()).code).toBe(0);
  expect((await gateway.process.end()).code).toBe(0);
});

test.skipIf(natsServer === null)(
  'whoever is below a gateway hears of coordinators that come later, and goes there when leader and gateway die at once',
  async () => {
    const [nats] = await natsServers(1);
    if (nats === undefined) throw new Error('There is no NATS server.');
    onTestFinished(() => nats.end());
    const cluster = await Cluster.of(perceptron({ epochs: 200 }));
    const where = [...cluster.where, '--cluster', nats.url, '--cluster-lease', '15'];
    const start = (more: readonly string[] = []): ShoalProcess =>
      ShoalProcess.start(['serve', '--config', cluster.config, '--port', '0', ...where, ...more]);
    const urlOf = async (one: ShoalProcess): Promise<string> =>
      (await one.line(({ type }) => type === 'listening', 'Its address')).url as string;
    // Slow: the run does not end while the other starts.
    const leader = start(['--pace', '5']);
    await leader.line(({ type, standing }) => type === 'cluster' && standing === 'leads', 'The leader');
    const client = await CoordinatorClient.of(leader);
    const { gatewayLinks } = (await client.get('/api/links')).body as {
      readonly gatewayLinks: readonly string[];
    };
    const gateway = await startGateway(gatewayLinks[0] ?? '', 'gateway');
    const join = at(gateway.url, await leader.joinUrl());
    const worker = startWorker(join, 'one');
    await leader.line(isEpoch(1), 'Epoch 1');
    const listener = await ForeignWorker.connect(join);
    listener.send(helloWith(join, { kernels: KERNEL_BUILD, name: 'listens' }));
    await listener.message(({ type }) => type === 'welcome', 'The welcome');

    const standby = start();
    const standbyUrl = await urlOf(standby);
    const told = await listener.message(
      ({ type, addresses }) =>
        type === 'coordinators' && (addresses as readonly string[]).includes(standbyUrl),
      'Word of who stands by',
    );
    expect(told.addresses).toContain(gateway.url);
    leader.kill('SIGKILL');
    gateway.process.kill('SIGKILL');
    expect((await standby.result()).parametersSha256).toBe((await cluster.alone()).parametersSha256);
    expect((await worker.end()).code).toBe(0);
  },
);
