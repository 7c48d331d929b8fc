/**
 * A real run under churn ends with the bits of the same run left in peace, its workers find every coordinator again,
 * and nobody's memory grows. `npm run soak` is the long version of the same.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/cluster.ts';
import { ShoalProcess } from '../support/shoalProcess.ts';
import { churn } from './churn.ts';
import type { MemoryRecord } from './memory.ts';

/** Of the run in peace, about; the disturbed run after it takes a little longer. */
const SECONDS = Number(process.env.SHOAL_SOAK_SECONDS ?? 40);
const SEED = Number(process.env.SHOAL_SOAK_SEED ?? 1);

const BATCH = 256;
const TRAIN = 10_000;
const STEPS_PER_EPOCH = Math.ceil((TRAIN - 1000) / BATCH);
const REJOIN_MS_MAX = 5_000;
/** The time of a Node.js process to load and to read its data is not the workers'. */
const GROWTH_MAX = 1.2;
const GROWTH_SLACK_MIB = 24;

const DATA = process.env.SHOAL_DATA_DIR;
const SOURCE = DATA === undefined ? ['--set', 'data.source=digits'] : ['--data', DATA];

test(`a run under ${SECONDS} s of churn, seed ${SEED}, ends with the same bits and in the same memory`, async () => {
  const runs = await temporaryFolder();
  const where = ['--out', runs, '--host', '127.0.0.1', '--json', '--verbose'];
  const train = (epochs: number, workers: number): ShoalProcess =>
    ShoalProcess.start([
      ...['train', '--preset', 'mnist-mlp', ...SOURCE, '--workers', String(workers), '--port', '0'],
      ...['--set', `data.limit=${TRAIN}`, '--set', 'data.validation=1000', '--set', `batch=${BATCH}`],
      ...['--set', 'microbatch=16', '--set', 'earlyStopping=null', '--set', `epochs=${epochs}`],
      ...['--set', 'checkpoint.everySteps=10', ...where],
    ]);

  const short = await resultOf(train(2, 2));
  const stepsPerSecond = Number(short.samplesPerSecond) / BATCH;
  const epochs = Math.max(4, Math.round((SECONDS * stepsPerSecond) / STEPS_PER_EPOCH));
  console.log(`${Math.round(stepsPerSecond)} steps/s in peace: ${epochs} epochs of ${STEPS_PER_EPOCH} steps`);
  const peace = await resultOf(train(epochs, 2));

  const report = await churn({
    seed: SEED,
    steps: epochs * STEPS_PER_EPOCH,
    train: () => train(epochs, 0),
    resume: (runId) => {
      const data = DATA === undefined ? [] : ['--data', DATA];
      return ShoalProcess.start(['resume', runId, '--workers', '0', ...data, ...where]);
    },
    log: (line) => console.log(line),
  });

  const memory = report.memory.records().sort((a, b) => b.seconds - a.seconds);
  console.log(
    `${report.seconds.toFixed(0)} s; ${JSON.stringify(report.done)}; rejoin ${JSON.stringify(report.rejoinMs)}`,
  );
  console.log(memory.slice(0, 6).map(memoryText).join('\n'));

  const { state, steps, parametersSha256 } = peace;
  expect(report.result).toMatchObject({ state, steps, parametersSha256 });
  expect(state).toBe('finished');
  expect(report.done['coordinator killed']).toBe(2);
  expect((report.done.killed ?? 0) + (report.done.left ?? 0) + (report.done.frozen ?? 0)).toBeGreaterThan(1);
  for (const { fromListening } of report.rejoinMs) expect(fromListening).toBeLessThan(REJOIN_MS_MAX);
  for (const { name, code, hasJoined, lastLine } of report.exits) {
    if (hasJoined) expect(code, `${name} ended with ${JSON.stringify(lastLine)}`).toBe(0);
    else
      expect(lastLine?.message, `${name} has never joined`).toMatch(
        /cannot be reached|is finished|told to stop/,
      );
  }
  for (const { name, firstMiB, lastMiB } of memory) {
    if (firstMiB === null || lastMiB === null) continue;
    expect(lastMiB, `${name} began with ${firstMiB} MiB`).toBeLessThan(
      GROWTH_MAX * firstMiB + GROWTH_SLACK_MIB,
    );
  }
  if (SECONDS >= 300) expect(memory.filter(({ lastMiB }) => lastMiB !== null).length).toBeGreaterThan(1);
});

async function resultOf(run: ShoalProcess) {
  for (;;) {
    const result = run.lines.findLast(({ type }) => type === 'result');
    if (result !== undefined) {
      await run.end();
      return result;
    }
    if (!run.isRunning) throw new Error(`The run ended without a result.\n${run.errors}`);
    await sleep(200);
  }
}

function memoryText({ name, seconds, highestMiB, firstMiB, lastMiB }: MemoryRecord): string {
  const trend = firstMiB === null ? '' : `, median ${firstMiB} MiB at first, ${lastMiB} MiB at last`;
  return `${name.padEnd(12)} ${String(seconds).padStart(4)} s: at most ${highestMiB} MiB${trend}`;
}
