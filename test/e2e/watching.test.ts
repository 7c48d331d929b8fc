/** A run as other tools see it: Prometheus reads a coordinator's and a gateway's figures, and only whoever may. */
import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../packages/coordinator/src/cluster/freePort.suite.ts';
import { Cluster, isEpoch, runIdOf, startWorker, temporaryFolder } from '../support/cluster.ts';
import { CoordinatorClient } from '../support/coordinatorClient.ts';
import { ShoalProcess, shoal } from '../support/shoalProcess.ts';
import { everything, perceptron } from '../support/specs.ts';

const ROOT = new URL('../../', import.meta.url);
const isThere = (command: string): boolean => {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
const HAS_PROMETHEUS = isThere('promtool') && isThere('prometheus');
if (!HAS_PROMETHEUS) console.warn('Prometheus is not installed here: its own tests of /metrics are skipped.');

/** What does not come within it never will. */
const PATIENTLY = { timeout: 60_000, interval: 200 };

type Metrics = { readonly status: number; readonly text: string; value(line: string): number | null };

async function scrape(
  url: string,
  token: string | null,
  headers: Record<string, string> = {},
): Promise<Metrics> {
  const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/metrics`, { headers: { ...authorization, ...headers } });
  const text = await response.text();
  const value = (line: string): number | null => {
    const found = text.split('\n').find((one) => one.startsWith(`${line} `));
    return found === undefined ? null : Number(found.slice(line.length + 1));
  };
  return { status: response.status, text, value };
}

/** A coordinator that waits for runs, with workers of its own. */
async function serve(cluster: Cluster, more: readonly string[]): Promise<CoordinatorClient> {
  const words = ['serve', '--workers', '1', '--port', '0'];
  return CoordinatorClient.of(ShoalProcess.start([...words, ...cluster.where, ...more]));
}

test('a coordinator says of a run what its result says, and names nobody', async () => {
  const cluster = await Cluster.of(perceptron({ epochs: 3 }));
  const file = join(cluster.runs, '..', 'metrics-token');
  const client = await serve(cluster, ['--workers', '0', '--metrics-token-file', file]);
  const token = (await readFile(file, 'utf8')).trim();
  const watching = await client.watch();
  const runId = await client.start(cluster.spec);
  expect((await scrape(client.url, token)).value('shoal_run_state{state="waiting"}')).toBe(1);
  startWorker(`${client.url}/join#${client.tokens.worker}`, 'ada-of-the-lab');
  const { steps, testLoss, parametersSha256 } = await watching.result(runId);
  expect(parametersSha256).toBe((await cluster.alone()).parametersSha256);
  const curves = await client.get(`/api/runs/${runId}/curves.csv`, client.tokens.viewer);
  const exported = join(cluster.runs, '..', 'curves.csv');
  expect((await shoal(['export', runId, exported, '--out', cluster.runs, '--json'])).code).toBe(0);
  expect(await readFile(exported, 'utf8')).toBe(curves.body);
  // A line of names, the steps, the epochs.
  expect((curves.body as string).trim().split('\r\n')).toHaveLength(1 + steps + 3);
  const metrics = await scrape(client.url, client.tokens.viewer);
  expect(metrics.value('shoal_steps_total')).toBe(steps);
  expect(metrics.value('shoal_epochs_total')).toBe(3);
  expect(metrics.value('shoal_run_loss{set="test"}')).toBe(testLoss);
  expect(metrics.value('shoal_run_state{state="finished"}')).toBe(1);
  expect(metrics.value('shoal_runs_total{state="finished"}')).toBe(1);
  expect(metrics.value('shoal_step_duration_seconds_count')).toBe(steps);
  expect(metrics.value('shoal_leases_answered_total')).toBeGreaterThanOrEqual(steps);
  expect(metrics.text).not.toMatch(/ada-of-the-lab|127\.0\.0\.1/);
  expect(metrics.text).not.toContain(runId);
  if (!HAS_PROMETHEUS) return;
  const check = promisify(execFile)('promtool', ['check', 'metrics']);
  check.child.stdin?.end(metrics.text);
  // What it finds wrong it says, and ends with another code than 0.
  expect((await check).stdout).toBe('');
});

test('figures are for whoever may watch, has their token or asks from the machine itself', async () => {
  const cluster = await Cluster.of(perceptron());
  const file = join(cluster.runs, '..', 'metrics-token');
  const client = await serve(cluster, ['--metrics-token-file', file]);
  const { url, tokens } = client;
  const token = (await readFile(file, 'utf8')).trim();
  for (const good of [token, tokens.viewer, tokens.worker, tokens.operator]) {
    expect((await scrape(url, good)).status).toBe(200);
  }
  // Nothing but figures is opened by it.
  expect((await client.get('/api/runs', token)).status).toBe(401);
  expect((await scrape(url, null)).status).toBe(401);
  expect((await scrape(url, `${token}x`)).status).toBe(401);
  expect((await scrape(url, token)).value('shoal_rejections_total{reason="badToken"}')).toBe(2);
  expect((await scrape(url, token, { origin: 'https://elsewhere.example' })).status).toBe(403);

  const open = await serve(cluster, ['--open-metrics']);
  expect((await scrape(open.url, null)).status).toBe(200);
  expect((await scrape(open.url, null, { 'x-forwarded-for': '203.0.113.9' })).status).toBe(401);
  // A name of somebody else's that was made to lead to this machine; fetch sets no header of that name.
  const answer = await promisify(execFile)('curl', [
    '-s',
    '-o',
    '-',
    '-H',
    'host: elsewhere.example',
    `${open.url}/metrics`,
  ]);
  expect(answer.stdout).toMatch(/^The token is missing or wrong/);
});

test('a gateway says who hangs below it', async () => {
  const cluster = await Cluster.of(perceptron({ epochs: 100_000 }));
  const coordinator = cluster.train(0);
  const client = await CoordinatorClient.of(coordinator);
  const runId = (await coordinator.line(({ type }) => type === 'run', 'The run')).runId as string;
  const link = (await shoal(['link', 'gateway', runId, '--out', cluster.runs])).text.trim();
  const words = ['gateway', link, '--host', '127.0.0.1', '--port', '0', '--open-metrics', '--json'];
  const gateway = ShoalProcess.start(words);
  const { url } = await gateway.line(({ type }) => type === 'gateway', 'The address of the gateway');
  startWorker(`${url}/join#${client.tokens.worker}`, 'grace-of-the-lab');
  const below = async () => scrape(url as string, null);
  await expect.poll(async () => (await below()).value('shoal_workers{kind="node"}'), PATIENTLY).toBe(1);
  const metrics = await below();
  expect(metrics.value('shoal_gateway_joined')).toBe(1);
  expect(metrics.text).not.toContain('grace-of-the-lab');
  const above = await scrape(client.url, client.tokens.viewer);
  expect(above.value('shoal_workers{kind="gateway"}')).toBe(1);
  await expect
    .poll(
      async () => (await scrape(client.url, client.tokens.viewer)).value('shoal_gateway_workers'),
      PATIENTLY,
    )
    .toBe(1);
});

/** What the dashboard in docker/watch asks for, and by which labels it names what comes. */
async function dashboardQueries(): Promise<readonly { readonly expr: string; readonly legend: string }[]> {
  type Target = { readonly expr: string; readonly legendFormat?: string };
  type Panel = { readonly targets?: readonly Target[]; readonly panels?: readonly Panel[] };
  const text = await readFile(new URL('docker/watch/grafana/dashboards/shoal.json', ROOT), 'utf8');
  const { panels, annotations, templating } = JSON.parse(text) as {
    readonly panels: readonly Panel[];
    readonly annotations: {
      readonly list: readonly { readonly expr: string; readonly titleFormat: string }[];
    };
    readonly templating: { readonly list: readonly { readonly type: string; readonly query: string }[] };
  };
  const targetsOf = ({ targets = [], panels: inside = [] }: Panel): readonly Target[] => [
    ...targets,
    ...inside.flatMap(targetsOf),
  ];
  return [
    ...panels.flatMap(targetsOf).map(({ expr, legendFormat = '' }) => ({ expr, legend: legendFormat })),
    ...annotations.list.map(({ expr, titleFormat }) => ({ expr, legend: titleFormat })),
    ...templating.list
      .filter(({ type }) => type === 'query')
      .map(({ query }) => ({ expr: query, legend: '' })),
  ];
}

/** Parts of queries that find nothing where nothing has come to pass lately. */
const MAY_BE_SILENT = ['> 0'];

test('every figure and every label that the dashboard asks for is in a scrape', async () => {
  const cluster = await Cluster.of(perceptron({ epochs: 2 }));
  const client = await serve(cluster, ['--open-metrics']);
  const watching = await client.watch();
  await watching.result(await client.start(cluster.spec));
  // What was refused is counted by its reason, from the first time.
  expect((await client.get('/api/runs', 'wrong')).status).toBe(401);
  const { text } = await scrape(client.url, null);
  const labelsOf = new Map<string, Set<string>>();
  for (const line of text.split('\n')) {
    const [, name, labels = ''] = /^([a-z]\w*)(?:\{(.*)\})? /.exec(line) ?? [];
    if (name === undefined) continue;
    const known = labelsOf.get(name) ?? new Set();
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label);
    labelsOf.set(name, known);
  }
  // Prometheus itself says where a figure comes from.
  const everywhere = ['job', 'instance'];
  const asked = await dashboardQueries();
  expect(asked.length).toBeGreaterThan(30);
  for (const { expr, legend } of asked) {
    const names = expr.match(/\b(?:shoal|process|nodejs)_\w+/g) ?? [];
    expect(names.length, expr).toBeGreaterThan(0);
    for (const name of names) expect([...labelsOf.keys()], expr).toContain(name);
    const wanted = [
      ...[...expr.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)].map(([, label]) => label),
      ...[...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(/,\s*/)),
      ...[...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label),
    ];
    const there = [...everywhere, ...names.flatMap((name) => [...(labelsOf.get(name) ?? [])])];
    for (const label of wanted) expect(there, expr).toContain(label);
  }
});

test.skipIf(!HAS_PROMETHEUS)(
  'Prometheus scrapes a coordinator with the configuration of the containers',
  async () => {
    const cluster = await Cluster.of(perceptron({ epochs: 2 }));
    const folder = await temporaryFolder();
    const token = join(folder, 'token');
    const client = await serve(cluster, ['--metrics-token-file', token]);
    const watching = await client.watch();
    const { steps } = await watching.result(await client.start(cluster.spec));
    const config = (await readFile(new URL('docker/watch/prometheus.yml', ROOT), 'utf8'))
      .replace('/metrics-token/token', token)
      .replace('coordinator:7465', new URL(client.url).host)
      .replace('scrape_interval: 5s', 'scrape_interval: 1s');
    const file = join(folder, 'prometheus.yml');
    await writeFile(file, config);
    await promisify(execFile)('promtool', ['check', 'config', file]);
    const address = `127.0.0.1:${await freePort()}`;
    const prometheus = spawn(
      'prometheus',
      [
        `--config.file=${file}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=${address}`,
      ],
      { stdio: 'ignore' },
    );
    onTestFinished(() => void prometheus.kill('SIGKILL'));
    const ask = async (query: string): Promise<number | 'refused' | null> => {
      const response = await fetch(`http://${address}/api/v1/query?query=${encodeURIComponent(query)}`).catch(
        () => null,
      );
      if (response?.status === 400) return 'refused';
      if (response?.ok !== true) return null;
      const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
      const [first] = data.result;
      return first === undefined ? null : Number(first.value[1]);
    };
    await expect.poll(() => ask('up'), PATIENTLY).toBe(1);
    expect(await ask('shoal_steps_total')).toBe(steps);
    expect(await ask('shoal_run_state{state="finished"}')).toBe(1);
    // The dashboard's own questions are answered, with a Grafana's variables in them.
    const asked = (await dashboardQueries()).filter(({ expr }) => !expr.startsWith('label_values'));
    expect(asked.length).toBeGreaterThan(30);
    for (const { expr } of asked) {
      const filled = expr
        .replaceAll(/\$__(rate_)?interval/g, '1m')
        .replaceAll('$job', '.*')
        .replaceAll('$instance', '.*');
      if (MAY_BE_SILENT.some((word) => expr.includes(word)))
        expect(await ask(filled), filled).not.toBe('refused');
      else
        await expect.poll(() => ask(filled), { ...PATIENTLY, message: filled }).toEqual(expect.any(Number));
    }
  },
);

const PYTHON = process.env.SHOAL_PYTHON ?? 'python3';
const HAS_TENSORBOARD = spawnSync(PYTHON, ['-c', 'import tensorboard']).status === 0;
if (!HAS_TENSORBOARD)
  console.warn('Python has no TensorBoard here (SHOAL_PYTHON names another): its test is skipped.');

const READ_EVENTS = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0})
events.Reload()
print(json.dumps({tag: [[one.step, one.value] for one in events.Scalars(tag)] for tag in events.Tags()["scalars"]}))
`;

test.skipIf(!HAS_TENSORBOARD)('TensorBoard reads each step of a killed and resumed run once', async () => {
  const cluster = await Cluster.of(everything({ epochs: 6, earlyStopping: null }));
  // Slow: it does not end before it is killed.
  const first = cluster.train(1, ['--verbose', '--pace', '5']);
  const runId = await runIdOf(first);
  await first.line(isEpoch(2), 'Epoch 2');
  first.kill('SIGKILL');
  await first.end();
  const resumed = cluster.resume(runId, 1);
  const { steps, testLoss, parametersSha256 } = await resumed.result();
  expect(parametersSha256).toBe((await cluster.alone()).parametersSha256);
  await resumed.end();
  const { stdout } = await promisify(execFile)(PYTHON, ['-c', READ_EVENTS, join(cluster.runs, runId)]);
  const scalars = JSON.parse(stdout) as Record<string, [number, number][]>;
  expect(Object.keys(scalars).sort()).toEqual(
    ['accuracy/test', 'accuracy/train', 'accuracy/validation', 'gradient_norm', 'learning_rate'].concat([
      'loss/step',
      'loss/test',
      'loss/train',
      'loss/validation',
      'samples_per_second',
    ]),
  );
  const stepsOf = (tag: string): number[] => (scalars[tag] ?? []).map(([step]) => step);
  // The last lines before a kill may be lost, and nothing is there twice.
  expect(new Set(stepsOf('loss/step')).size).toBe(stepsOf('loss/step').length);
  expect(stepsOf('loss/step').at(-1)).toBe(steps);
  expect(new Set(stepsOf('loss/train')).size).toBe(stepsOf('loss/train').length);
  expect(stepsOf('loss/train').at(-1)).toBe(steps);
  expect(scalars['loss/test']).toEqual([[steps, Math.fround(testLoss as number)]]);
});

test('the end of a run is told to a webhook before the process ends, and its secret to nobody', async () => {
  const received: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
  const receiver = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push({ headers: request.headers, body });
    response.writeHead(received.length === 1 ? 503 : 204).end();
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  onTestFinished(() => void receiver.close());
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/a-path-that-is-a-secret`;
  const cluster = await Cluster.of(perceptron({ epochs: 2 }));
  const file = join(cluster.runs, '..', 'webhook-secret');
  const coordinator = cluster.train(1, [
    '--webhook',
    url,
    '--webhook-secret-file',
    file,
    '--log-level',
    'debug',
  ]);
  const { runId, steps, parametersSha256 } = await coordinator.result();
  expect((await coordinator.end()).code).toBe(0);
  expect(received).toHaveLength(2);
  const [, last] = received;
  expect(JSON.parse(last?.body ?? '')).toMatchObject({
    ...{ type: 'runEnded', state: 'finished', runId, steps, parametersSha256 },
  });
  const secret = (await readFile(file, 'utf8')).trim();
  const signed = `${last?.headers['webhook-id']}.${last?.headers['webhook-timestamp']}.${last?.body}`;
  const expected = createHmac('sha256', secret).update(signed).digest('base64');
  expect(last?.headers['webhook-signature']).toBe(`v1,${expected}`);
  const said =
    coordinator.raw +
    coordinator.errors +
    (await readFile(join(cluster.runs, String(runId), 'run.log'), 'utf8'));
  expect(said).not.toContain(secret);
  expect(said).not.toContain('a-path-that-is-a-secret');

  const unsigned = await shoal(['serve', '--webhook', url, ...cluster.where]);
  expect(unsigned.code).toBe(2);
  expect(unsigned.raw + unsigned.errors).toContain('--webhook-secret-file');
  const wrong = await shoal(['serve', '--webhook', 'lab.example.org', ...cluster.where]);
  expect(wrong.code).toBe(2);
  expect(wrong.raw + wrong.errors).toContain('--webhook takes an address');
});
