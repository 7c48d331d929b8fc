/** Two coordinators of a cluster as their operator has them: who leads, who stands by, and an upgrade that loses nothing. */
import { expect, onTestFinished, test } from 'vitest';
import { natsServer, natsServers } from '../../packages/coordinator/src/cluster/natsServer.suite.ts';
import { Cluster, isEpoch, temporaryFolder } from '../support/cluster.ts';
import { CoordinatorClient } from '../support/coordinatorClient.ts';
import { ShoalProcess, shoal } from '../support/shoalProcess.ts';
import { perceptron } from '../support/specs.ts';

type Health = {
  readonly cluster?: { readonly standing: string; readonly term: number; readonly leader: string | null };
};

const urlOf = async (coordinator: ShoalProcess): Promise<string> =>
  (await coordinator.line(({ type }) => type === 'listening', 'Its address')).url as string;

const healthOf = async (url: string): Promise<Health> =>
  (await (await fetch(`${url}/healthz`)).json()) as Health;

const tokenOf = async (coordinator: ShoalProcess): Promise<string> => {
  const { dashboardUrl } = await coordinator.line(({ type }) => type === 'listening', 'Its links');
  return decodeURIComponent(new URL(dashboardUrl as string).hash.slice(1));
};

/** From when it leads a run, which no longer goes at the pace that it began with. */
async function atFullSpeed(coordinator: ShoalProcess): Promise<void> {
  const client = await CoordinatorClient.of(coordinator);
  await expect
    .poll(async () => (await client.post('/api/run/pace', { stepsPerSecond: null })).status)
    .toBe(200);
}

test.skipIf(natsServer === null)(
  'a leader that ends in order hands its run to the one that stands by, which has the same access and the same bits',
  async () => {
    const [nats] = await natsServers(1);
    if (nats === undefined) throw new Error('There is no NATS server.');
    onTestFinished(() => nats.end());
    const spec = perceptron({ epochs: 300 });
    const cluster = await Cluster.of(spec);
    const where = [...cluster.where, '--cluster', nats.url];
    const start = (more: readonly string[] = []): ShoalProcess =>
      ShoalProcess.start(['serve', '--config', cluster.config, '--port', '0', ...where, ...more]);
    // Slow: the run goes on when its leader is told to end.
    const first = start(['--pace', '20']);
    await first.line(({ type, standing }) => type === 'cluster' && standing === 'leads', 'The first leader');
    const second = start();
    await second.line(({ type, standing }) => type === 'cluster' && standing === 'standsBy', 'Who stands by');
    const [firstUrl, secondUrl] = [await urlOf(first), await urlOf(second)];
    expect((await healthOf(firstUrl)).cluster).toMatchObject({ standing: 'leads', term: 1, leader: null });
    expect((await healthOf(secondUrl)).cluster).toMatchObject({
      standing: 'standsBy',
      term: 1,
      leader: firstUrl,
    });

    // Whoever asks the one that stands by is told, and the operator's token opens both.
    const authorization = `Bearer ${await tokenOf(first)}`;
    expect((await fetch(`${secondUrl}/api/session`, { headers: { authorization } })).status).toBe(200);
    const asked = await fetch(`${secondUrl}/api/runs`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ spec: { preset: 'mlp-xor' } }),
    });
    expect([asked.status, ((await asked.json()) as { code?: string }).code]).toEqual([409, 'standby']);

    // A worker that is given the link of the one that stands by finds the one that leads.
    const worker = ShoalProcess.start(['worker', await second.joinUrl(), '--threads', '1', '--json']);
    // What is kept meanwhile is written behind; whoever ends in order writes where the run stands.
    await first.line(isEpoch(1), 'An epoch');
    first.kill('SIGTERM');
    expect(await first.end()).toEqual({ code: 143, signal: null });
    const run = await second.line(({ type }) => type === 'run', 'The run in the hands of the other');
    const said = first.lines.filter(({ type }) => type === 'kept').map(({ step }) => Number(step));
    expect(run.resumedFromStep).toBeGreaterThanOrEqual(Math.max(...said));
    const result = await second.result();
    expect(result.parametersSha256).toBe((await cluster.alone()).parametersSha256);
    expect((await second.end()).code).toBe(0);
    expect((await worker.end()).code).toBe(0);

    // What was trained is listed in the cluster, and brought out of it.
    const out = await temporaryFolder();
    const runId = result.runId as string;
    const listed = await shoal(['runs', '--cluster', nats.url, '--sort', 'accuracy', '--json']);
    expect(listed.lines).toMatchObject([{ runId, state: 'finished', testAccuracy: result.testAccuracy }]);
    expect((await shoal(['runs', 'copy', runId, '--cluster', nats.url, '--out', out])).code).toBe(0);
    const evaluated = await shoal(['runs', 'show', runId, '--out', out, '--json']);
    expect(evaluated.lines[0]).toMatchObject({ runId, state: 'finished' });
  },
);

test.skipIf(natsServer === null)(
  'a coordinator that slept, stood by and leads once more computes the same bits as the first time',
  async () => {
    const [nats] = await natsServers(1);
    if (nats === undefined) throw new Error('There is no NATS server.');
    onTestFinished(() => nats.end());
    // Slow: it does not end before the last of them leads.
    const cluster = await Cluster.of(perceptron({ epochs: 400 }));
    const where = [...cluster.where, '--cluster', nats.url, '--cluster-lease', '10', '--pace', '20'];
    const start = (): ShoalProcess =>
      ShoalProcess.start(['serve', '--config', cluster.config, '--port', '0', ...where]);
    const stands = (standing: string, term: number) => (line: { type: string; [field: string]: unknown }) =>
      line.type === 'cluster' && line.standing === standing && Number(line.term) >= term;
    /** It sleeps until the other leads, and then stands by. */
    const sleeps = async (leader: ShoalProcess, other: ShoalProcess, term: number): Promise<void> => {
      leader.kill('SIGSTOP');
      await other.line(stands('leads', term), `The leader of term ${term}`);
      const epochs = other.lines.filter(({ type }) => type === 'epoch').length;
      await expect
        .poll(() => other.lines.filter(({ type }) => type === 'epoch').length)
        .toBeGreaterThan(epochs);
      leader.kill('SIGCONT');
      await leader.line(stands('standsBy', term), 'The one that slept');
    };
    const first = start();
    await first.line(stands('leads', 1), 'The first leader');
    const second = start();
    await second.line(stands('standsBy', 1), 'Who stands by');
    const worker = ShoalProcess.start(['worker', await second.joinUrl(), '--threads', '1', '--json']);
    await first.line(isEpoch(1), 'An epoch');
    await sleeps(first, second, 2);
    await sleeps(second, first, 3);
    first.kill('SIGKILL');
    await second.line(stands('leads', 4), 'The second, once more');
    await atFullSpeed(second);
    const result = await second.result();
    expect(result.parametersSha256).toBe((await cluster.alone()).parametersSha256);
    expect((await second.end()).code).toBe(0);
    expect((await worker.end()).code).toBe(0);
  },
);

test.skipIf(natsServer === null)(
  'a leader without NATS pauses and says so, and goes on by itself',
  async () => {
    const [nats] = await natsServers(1);
    if (nats === undefined) throw new Error('There is no NATS server.');
    onTestFinished(() => nats.end());
    // Slow: it does not end before it is known that the cluster does not answer.
    const cluster = await Cluster.of(perceptron({ epochs: 400 }));
    const leader = ShoalProcess.start([
      ...['serve', '--config', cluster.config, '--port', '0', '--workers', '1', ...cluster.where],
      ...['--cluster', nats.url, '--cluster-lease', '10', '--log-level', 'info', '--pace', '20'],
    ]);
    await leader.line(({ type, step }) => type === 'kept' && Number(step) >= 10, 'A step that is kept');
    await nats.kill();
    await leader.line(
      ({ type, message }) => type === 'notice' && /The cluster does not answer/.test(String(message)),
      'What is said of it',
    );
    while (!leader.errors.includes('this run waits until that is known')) {
      expect(leader.isRunning).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await nats.start();
    await atFullSpeed(leader);
    const result = await leader.result();
    expect(result.parametersSha256).toBe((await cluster.alone()).parametersSha256);
    expect(
      leader.lines.filter(({ type, standing }) => type === 'cluster' && standing === 'leads'),
    ).toHaveLength(1);
    expect((await leader.end()).code).toBe(0);
  },
);

test('what is no cluster is refused with a sentence', async () => {
  const wrong = await shoal(['serve', '--cluster', 'http://127.0.0.1:1']);
  expect([wrong.code, wrong.errors]).toEqual([2, expect.stringContaining('is no address of NATS')]);
});
