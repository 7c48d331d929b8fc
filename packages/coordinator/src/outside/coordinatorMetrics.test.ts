import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { type News, NewsStream } from '../news/news.ts';
import { Rejections } from '../server/rejections.ts';
import { CoordinatorMetrics } from './coordinatorMetrics.ts';
import type { LiveFigures, LiveRun } from './liveFigures.ts';

const NO_COUNTS = {
  leasesGranted: 0,
  leasesAnswered: 0,
  leasesLate: 0,
  checks: 0,
  convictions: 0,
  blockBytes: 0,
};
const COORDINATOR_TIMES = { sendMs: 0, receiveMs: 0, reduceMs: 0, updateMs: 0, checkpointMs: 0 };

function begun(counts: Partial<typeof NO_COUNTS> = {}): LiveRun {
  return {
    key: {},
    hasAccuracy: true,
    state: 'training',
    ...{ epoch: 1, epochs: 5, step: 30, steps: 150, remainingSeconds: 12.5 },
    counts: { ...NO_COUNTS, ...counts },
  };
}

const RUN = { type: 'run', runId: 'a' } as unknown as News;

const step = (globalStep: number, loss: number, stepMs: number): News => ({
  type: 'stepDone',
  point: { globalStep, loss, learningRate: 0.25, gradientNorm: 3, samplesPerSecond: 1 },
  samples: 64,
  times: { begunAt: 0, stepMs, workers: new Map(), coordinator: COORDINATOR_TIMES },
});

const ended = (state: string, testLoss: number | null = null): News =>
  ({ type: 'result', state, testLoss, testAccuracy: null }) as unknown as News;

class Watched {
  readonly news = new NewsStream();
  readonly rejections = new Rejections();
  figures: LiveFigures = {
    ...{ connections: 3, sent: 1_000, received: 500, rejections: this.rejections.counts, leads: true },
    workers: { local: 2, node: 1, browser: 0, gateway: 1 },
    guests: 7,
    waiting: 4,
    run: null,
  };
  readonly metrics = new CoordinatorMetrics({ version: '1.2.3', news: this.news, read: () => this.figures });

  run(run: LiveRun): void {
    this.figures = { ...this.figures, run };
  }

  /** A run goes on from here, as it tells. */
  begin(run: LiveRun): void {
    this.run(run);
    this.news.publish(RUN);
  }

  /** What a line says; null where there is none. */
  async value(line: string): Promise<number | null> {
    const { text } = await this.metrics.text();
    const found = text.split('\n').find((one) => one.startsWith(`${line} `));
    return found === undefined ? null : Number(found.slice(line.length + 1));
  }
}

test('a run that predicts a number has losses and no accuracy', async () => {
  const watched = new Watched();
  watched.begin({ ...begun(), hasAccuracy: false });
  const record = { trainLoss: 0.5, trainAccuracy: 0, validationLoss: 0.25, validationAccuracy: 0 };
  watched.news.publish({ type: 'epoch', epoch: 1, ...record } as unknown as News);
  expect(await watched.value('shoal_run_loss{set="validation"}')).toBe(0.25);
  expect(await watched.value('shoal_run_accuracy_ratio{set="train"}')).toBeNull();
  expect(await watched.value('shoal_run_accuracy_ratio{set="validation"}')).toBeNull();
});

test('steps, epochs and the end are counted, and the last figures are shown', async () => {
  const watched = new Watched();
  watched.begin(begun());
  watched.news.publish(step(1, 2.5, 4));
  watched.news.publish(step(2, 1.5, 40));
  expect(await watched.value('shoal_steps_total')).toBe(2);
  expect(await watched.value('shoal_samples_total')).toBe(128);
  expect(await watched.value('shoal_run_step_loss')).toBe(1.5);
  expect(await watched.value('shoal_run_learning_rate')).toBe(0.25);
  expect(await watched.value('shoal_step_duration_seconds_bucket{le="0.005"}')).toBe(1);
  expect(await watched.value('shoal_step_duration_seconds_bucket{le="0.05"}')).toBe(2);
  expect(await watched.value('shoal_step_duration_seconds_sum')).toBeCloseTo(0.044, 12);
  expect(await watched.value('shoal_run_state{state="training"}')).toBe(1);
  expect(await watched.value('shoal_run_state{state="paused"}')).toBe(0);
  expect(await watched.value('shoal_run_remaining_seconds')).toBe(12.5);
  const record = { trainLoss: 0.5, trainAccuracy: 0.75, validationLoss: null, validationAccuracy: null };
  watched.news.publish({ type: 'epoch', epoch: 1, ...record } as unknown as News);
  watched.news.publish(ended('finished', 0.625));
  expect(await watched.value('shoal_run_loss{set="train"}')).toBe(0.5);
  expect(await watched.value('shoal_run_loss{set="test"}')).toBe(0.625);
  expect(await watched.value('shoal_run_loss{set="validation"}')).toBeNull();
  expect(await watched.value('shoal_run_accuracy_ratio{set="test"}')).toBeNull();
  expect(await watched.value('shoal_runs_total{state="finished"}')).toBe(1);
  expect(await watched.value('shoal_runs_total{state="diverged"}')).toBe(0);
});

test('what runs count goes on from one run to the next, and what a resumed one brings along is not counted', async () => {
  const watched = new Watched();
  watched.begin(begun({ convictions: 2 }));
  const [first, second] = [watched.figures.run as LiveRun, begun()];
  watched.run({ ...first, counts: { ...NO_COUNTS, convictions: 3, leasesGranted: 40, leasesAnswered: 38 } });
  expect(await watched.value('shoal_leases_granted_total')).toBe(40);
  expect(await watched.value('shoal_convictions_total')).toBe(1);
  // Between the last question and the end.
  watched.run({ ...first, counts: { ...NO_COUNTS, convictions: 3, leasesGranted: 50, leasesAnswered: 50 } });
  watched.news.publish(ended('stopped'));
  watched.begin(second);
  expect(await watched.value('shoal_leases_granted_total')).toBe(50);
  watched.run({ ...second, counts: { ...NO_COUNTS, leasesGranted: 7, checks: 1, blockBytes: 4096 } });
  expect(await watched.value('shoal_leases_granted_total')).toBe(57);
  expect(await watched.value('shoal_leases_answered_total')).toBe(50);
  expect(await watched.value('shoal_checks_total')).toBe(1);
  expect(await watched.value('shoal_data_sent_bytes_total')).toBe(4096);
});

test('figures of a run are gone when the next begins', async () => {
  const watched = new Watched();
  watched.begin(begun());
  watched.news.publish(step(1, 2.5, 4));
  watched.news.publish({
    type: 'result',
    state: 'finished',
    testLoss: 1,
    testAccuracy: 1,
  } as unknown as News);
  watched.begin(begun());
  expect(await watched.value('shoal_run_step_loss')).toBe(0);
  expect(await watched.value('shoal_run_loss{set="test"}')).toBeNull();
  expect(await watched.value('shoal_steps_total')).toBe(1);
});

test('workers, bytes and rejections are those of the moment, asked for as often as one likes', async () => {
  const watched = new Watched();
  watched.rejections.count('badToken');
  watched.rejections.count('badToken');
  for (let times = 0; times < 3; times += 1) {
    expect(await watched.value('shoal_workers{kind="local"}')).toBe(2);
    expect(await watched.value('shoal_workers{kind="browser"}')).toBe(0);
    expect(await watched.value('shoal_gateway_workers')).toBe(7);
    expect(await watched.value('shoal_sent_bytes_total')).toBe(1_000);
    expect(await watched.value('shoal_rejections_total{reason="badToken"}')).toBe(2);
    expect(await watched.value('shoal_rejections_total{reason="convicted"}')).toBe(0);
  }
  expect(await watched.value('shoal_build_info{version="1.2.3"}')).toBe(1);
});

test('docs/watching.md names exactly the metrics of a coordinator that are its own', async () => {
  const page = await readFile(new URL('../../../../docs/watching.md', import.meta.url), 'utf8');
  const table = page.split('\n| Metric |')[1]?.split('\n\n')[0] ?? '';
  const named = [...table.matchAll(/`(shoal_\w+)/g)].map(([, name]) => name);
  const { text } = await new Watched().metrics.text();
  const served = [...text.matchAll(/^# TYPE (shoal_\w+)/gm)].map(([, name]) => name);
  expect(named.sort()).toEqual(served.sort());
});

test('every metric that a panel of the dashboard shows is served', async () => {
  const file = new URL('../../../../docker/watch/grafana/dashboards/shoal.json', import.meta.url);
  const { text } = await new Watched().metrics.text();
  const types = new Map([...text.matchAll(/^# TYPE (\w+) (\w+)/gm)].map(([, name, type]) => [name, type]));
  const queries = [...(await readFile(file, 'utf8')).matchAll(/"(?:expr|query)": "((?:[^"\\]|\\.)*)"/g)];
  const asked = queries.flatMap(([, query]) => query?.match(/\b(?:shoal|process|nodejs)_\w+/g) ?? []);
  expect(asked.length).toBeGreaterThan(40);
  for (const name of asked) {
    const family = name.replace(/_(?:bucket|sum|count)$/, '');
    const isServed = types.has(name) || types.get(family) === 'histogram';
    expect(isServed, `a panel asks for ${name}`).toBe(true);
  }
  // And the other way round: nothing of Shoal's own is left unshown, but for the version and who leads.
  for (const name of types.keys()) {
    if (!name?.startsWith('shoal_') || name === 'shoal_build_info' || name === 'shoal_leads') continue;
    expect(
      asked.some((one) => one.startsWith(name)),
      `no panel shows ${name}`,
    ).toBe(true);
  }
});
