/**
 * Runs that begin with a model, as real processes: the bits are those of one process, whoever is killed on the way; what is
 * frozen stays as it is; and a file that does not fit is refused before anything is made.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  compileModel,
  exportModel,
  frozenLength,
  importParameters,
  type QueueView,
  type RunSpec,
  resolveRunSpec,
  splitForRun,
  trainAlone,
  wasmStrictEngine,
} from '@shoal/core';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { natsServer, natsServers } from '../../packages/coordinator/src/cluster/natsServer.suite.ts';
import { barsDataSet } from '../support/bars.ts';
import { Cluster, fromStep, runIdOf, startWorker } from '../support/cluster.ts';
import { expectRefusal } from '../support/refusal.ts';
import { serve } from '../support/serve.ts';
import { ShoalProcess, shoal } from '../support/shoalProcess.ts';
import { everything, perceptron, rounds } from '../support/specs.ts';

const SIZE = { train: 300, test: 100 };
/** Convolution, batch norm, activation and pooling. */
const FIRST = 4;

const model = compileModel(everything().model);
let learned: Float32Array;
let file: Uint8Array;
let sha256 = '';
beforeAll(async () => {
  const spec = everything({ seed: 8, epochs: 3, earlyStopping: null });
  const data = splitForRun(barsDataSet(SIZE), spec.data, spec.seed);
  learned = (await trainAlone({ spec, data, engine: wasmStrictEngine })).parameters;
  file = exportModel(model, learned);
  sha256 = createHash('sha256').update(file).digest('hex');
});

const tuned = (spec: RunSpec, initial: object = { layers: FIRST, frozen: true }): RunSpec =>
  resolveRunSpec({ ...spec, initial: { sha256, ...initial } });

async function gatewayAt(cluster: Cluster, coordinator: ShoalProcess): Promise<string> {
  const runId = await runIdOf(coordinator);
  const link = (await shoal(['link', 'gateway', runId, '--out', cluster.runs])).text.trim();
  const words = ['gateway', link, '--host', '127.0.0.1', '--port', '0', '--name', 'between', '--json'];
  const line = await ShoalProcess.start(words).line(({ type }) => type === 'gateway', 'Its address');
  return `${line.url}/join${new URL(await coordinator.joinUrl()).hash}`;
}

test.each([
  ['steps', everything({ epochs: 25, earlyStopping: null })],
  ['rounds of local steps', rounds({ epochs: 25, earlyStopping: null })],
  ['8 bits both ways', everything({ epochs: 25, earlyStopping: null, coding: { up: 'int8', down: 'int8' } })],
])(
  'frozen layers and the rest have the bits of one process with %s: workers, one behind a gateway, a kill and a resume',
  async (_what, spec) => {
    const cluster = await Cluster.of(tuned(spec), SIZE, file);
    const alone = await cluster.alone();
    // Slow: it does not end before it is killed.
    const first = cluster.train(0, ['--pace', '5', '--verbose']);
    const runId = await runIdOf(first);
    const url = await first.joinUrl();
    // First: it takes two processes to start, and the run begins with the first worker.
    const below = await gatewayAt(cluster, first);
    startWorker(below, 'behind', 2);
    startWorker(url, 'one');
    await first.line(fromStep(12), 'Step 12');
    first.kill('SIGKILL');
    await first.outputsEnded;
    // The file lies in the run's folder: nobody names it again.
    const second = cluster.resume(runId, 1);
    expect(await second.result()).toMatchObject({
      state: 'finished',
      parametersSha256: alone.parametersSha256,
    });
    await second.end();
    const delivered = await readFile(join(cluster.runs, runId, 'model.safetensors'));
    const frozen = frozenLength(model, cluster.spec);
    expect(frozen).toBeGreaterThan(50);
    const parameters = importParameters(model, delivered);
    expect(parameters.slice(0, frozen)).toEqual(learned.slice(0, frozen));
    expect(parameters.slice(frozen)).not.toEqual(learned.slice(frozen));
  },
);

test('a run with all layers of another and no epoch has its test accuracy, and a run before its first checkpoint resumes', async () => {
  const cluster = await Cluster.of(perceptron({ epochs: 3 }));
  const source = cluster.train(1);
  const { testAccuracy, testLoss, parametersSha256 } = await source.result();
  const runId = await runIdOf(source);
  expect((await source.end()).code).toBe(0);

  const again = cluster.train(1, ['--initial', runId, '--set', 'epochs=0']);
  expect(await again.result()).toMatchObject({ testAccuracy, testLoss, parametersSha256 });
  const spec = (await again.line(({ type }) => type === 'run', 'The run line')).spec as RunSpec;
  expect(spec.initial).toMatchObject({ from: runId, layers: null, frozen: false });

  const tuning = ['--initial', join(cluster.runs, runId), '--initial-layers', '2', '--freeze'];
  const first = cluster.train(0, [...tuning, '--set', 'checkpoint.everySteps=1000000']);
  const second = await runIdOf(first);
  first.kill('SIGKILL');
  await first.outputsEnded;
  const resumed = cluster.resume(second, 2);
  const result = await resumed.result();
  const { spec: begun } = await resumed.line(({ type }) => type === 'run', 'The run line');
  const data = splitForRun(barsDataSet(SIZE), cluster.spec.data, cluster.spec.seed);
  const initial = await readFile(join(cluster.runs, runId, 'model.safetensors'));
  const alone = await trainAlone({ spec: begun as RunSpec, data, engine: wasmStrictEngine, initial });
  expect(result.parametersSha256).toBe(alone.parametersSha256);
});

test('what cannot be begun with is refused with a sentence, and nothing is made', async () => {
  const cluster = await Cluster.of(everything());
  const give = async (name: string, content: Uint8Array): Promise<string> => {
    const path = join(cluster.runs, '..', name);
    await writeFile(path, content);
    return path;
  };
  const whole = await give('whole.safetensors', file);
  const cut = await give('cut.safetensors', file.subarray(0, file.length - 3));
  const text = await give('text.safetensors', new TextEncoder().encode('These are no weights.'));
  const numbers = learned.slice();
  numbers[7] = Number.NaN;
  const infinite = await give('infinite.safetensors', exportModel(model, numbers));
  const train = (...more: string[]) =>
    shoal(['train', '--config', cluster.config, '--workers', '1', '--port', '0', ...cluster.where, ...more]);

  expectRefusal(await train('--initial', cut), ['bytes']);
  expectRefusal(await train('--initial', text), ['safetensors file']);
  expectRefusal(await train('--initial', infinite), ['conv2d1.weight', 'infinite or not a number']);
  expectRefusal(await train('--initial', whole, '--initial-layers', '8'), ['model.layers has 7 entries']);
  expectRefusal(await train('--initial', whole, '--freeze'), ['leaves nothing to train']);
  expectRefusal(await train('--initial', whole, '--set', 'model.layers.0.filters=7'), [
    'does not fit at layer 1',
    'conv2d1.weight',
  ]);
  expectRefusal(await train('--initial', whole, '--set', 'model.layers.6.units=5'), [
    'does not fit at layer 7',
    'Take the first 6 layers: initial.layers=6 (--initial-layers 6).',
  ]);
  expectRefusal(await train('--initial', whole, '--set', `initial.sha256=${'ab'.repeat(32)}`), [
    'This is not the file that the run is to begin with',
  ]);
  expectRefusal(await train('--set', `initial.sha256=${sha256}`), ['name the file with --initial']);
  expectRefusal(await train('--initial', 'nobody'), ['There is no run "nobody"']);
  expect(await readdir(cluster.runs).catch(() => [])).toEqual([]);
});

test('a page names a run of the folder alone, and what waits in the queue or is a trial begins with it too', async () => {
  const cluster = await Cluster.of(perceptron({ epochs: 2 }));
  const { coordinator, client } = await serve(cluster, 1);
  const watching = await client.watch();
  const source = await client.start(cluster.spec);
  await watching.result(source);
  const bytes = await readFile(join(cluster.runs, source, 'model.safetensors'));
  const hash = createHash('sha256').update(bytes).digest('hex');
  expect(await client.get(`/api/runs/${source}/initial`)).toEqual({
    ...{ status: 200, body: { sha256: hash, from: source } },
  });
  expect((await client.get(`/api/runs/${source}/initial`, client.tokens.viewer)).status).toBe(403);
  for (const from of ['../runs', `${cluster.runs}/${source}`, 'nobody']) {
    expect(await client.post('/api/runs', { spec: { ...cluster.spec, initial: { from } } })).toMatchObject({
      ...{ status: 400, body: { error: expect.stringMatching(/^There is no run .* to begin with\./) } },
    });
  }
  const other = { ...cluster.spec, initial: { from: source, sha256: 'ab'.repeat(32) } };
  expect(await client.post('/api/spec', { spec: other })).toMatchObject({
    ...{
      status: 400,
      body: { error: expect.stringMatching(/which no run in .* has delivered or begun with/) },
    },
  });

  const begun = { ...cluster.spec, initial: { from: source, layers: 2, frozen: true } };
  const spec = resolveRunSpec({ ...cluster.spec, initial: { sha256: hash, layers: 2, frozen: true } });
  const data = splitForRun(barsDataSet(SIZE), spec.data, spec.seed);
  const alone = await trainAlone({ spec, data, engine: wasmStrictEngine, initial: bytes });
  const going = await client.start({ ...begun, epochs: 100_000 });
  const { status, body } = await client.post('/api/runs', { spec: begun });
  expect(status).toBe(202);
  expect(((await client.get('/api/queue')).body as QueueView).waiting).toHaveLength(1);
  // Whatever becomes of the run that was named: another one has begun with its model.
  expect((await client.post(`/api/runs/${source}/delete`)).status).toBe(200);
  expect((await client.post('/api/run/stop')).status).toBe(200);
  await watching.result(going);
  const { runId } = body as { readonly runId: string };
  expect(await watching.result(runId)).toMatchObject({
    ...{ state: 'finished', parametersSha256: alone.parametersSha256 },
  });
  coordinator.kill('SIGTERM');
  await coordinator.end();

  const sweep = join(cluster.runs, '..', 'sweep.json');
  const base = { ...cluster.spec, initial: { from: runId } };
  const vary = { 'initial.layers': [2, 4], 'optimizer.lr': [0.01, 0.02] };
  await writeFile(sweep, JSON.stringify({ name: 'tuned', base, vary, objective: { metric: 'trainLoss' } }));
  const swept = await shoal(['sweep', sweep, '--workers', '1', '--port', '0', ...cluster.where]);
  expect(swept.code, swept.errors).toBe(0);
  expect(swept.lines.findLast(({ type }) => type === 'sweep')).toMatchObject({ trials: 4, done: 4 });
});

test.skipIf(natsServer === null)(
  'in a cluster the file is kept with the run: whoever leads next begins with it, having nothing of it itself',
  async () => {
    const [nats] = await natsServers(1);
    if (nats === undefined) throw new Error('There is no NATS server.');
    onTestFinished(() => nats.end());
    const cluster = await Cluster.of(tuned(everything({ epochs: 30, earlyStopping: null })), SIZE, file);
    const alone = await cluster.alone();
    const broker = ['--cluster', nats.url, '--cluster-lease', '15'];
    const first = cluster.train(0, [...broker, '--pace', '5', '--verbose']);
    await first.line(({ type, standing }) => type === 'cluster' && standing === 'leads', 'The first leader');
    const second = ShoalProcess.start(['serve', '--port', '0', ...cluster.where, ...broker]);
    await second.line(({ type, standing }) => type === 'cluster' && standing === 'standsBy', 'Who stands by');
    // By way of who stands by, which sends it to the leader: so it knows both, whatever the leader has heard of by then.
    startWorker(await second.joinUrl(), 'one');
    await first.line(fromStep(8), 'Step 8');
    first.kill('SIGKILL');
    expect(await second.result()).toMatchObject({
      ...{ state: 'finished', parametersSha256: alone.parametersSha256 },
    });
  },
);
