/**
 * npm run bench:tabs -- [--tabs 1,2] [--batch 32,512] [--seconds 4] [--rounds 3]
 *
 * What tabs of Chromium deliver, each with one thread: a net of 784-32-10 on the built-in digits, in microbatches of 32,
 * so small that what lies between the arithmetic is most of a step. Prints a line for each measurement and a table of
 * medians. Chromium is taken from where systems put it, or from SHOAL_CHROMIUM.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { collectGarbageLazily, compileSoon, openRun } from '@shoal/coordinator';
import { digitsDataSet, resolveRunSpec } from '@shoal/core';
import { chromium } from 'playwright-core';
import { findChromium } from '../../scripts/findChromium.mjs';

const { values } = parseArgs({
  options: {
    tabs: { type: 'string', default: '1,2' },
    batch: { type: 'string', default: '32,512' },
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
  },
});
const [tabCounts, batches] = [values.tabs, values.batch].map((list) => list.split(',').map(Number));
const [seconds, rounds] = [values.seconds, values.rounds].map(Number);
if (![...tabCounts, ...batches, rounds].every((one) => Number.isInteger(one) && one > 0) || !(seconds > 0)) {
  console.error('--tabs, --batch and --rounds take whole numbers, such as 1,2; --seconds a number above 0.');
  process.exit(2);
}

const MICROBATCH = 32;
/** In which caches warm up, speeds are learned, and the tabs fetch the data set. */
const WARM_UP_MS = 2_000;
const JOIN_MS_MAX = 60_000;

collectGarbageLazily();
compileSoon();
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const dataSet = digitsDataSet({ train: 12_000, test: 100 });
const browser = await chromium.launch({
  executablePath: findChromium(),
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
});

function specOf(batch) {
  return resolveRunSpec({
    name: 'tabs',
    model: {
      input: [1, 28, 28],
      layers: [
        { type: 'flatten' },
        { type: 'dense', units: 32 },
        { type: 'relu' },
        { type: 'dense', units: 10 },
      ],
    },
    data: { source: 'digits', validation: 100 },
    ...{ batch, microbatch: MICROBATCH, epochs: 100_000, earlyStopping: null },
    optimizer: { type: 'sgd', lr: 0.01 },
    checkpoint: { everySteps: 1_000_000 },
    // A newcomer is checked far more often than one that has been there for a while.
    trust: { spotCheck: 0 },
  });
}

/** A tab in a profile of its own, with one thread. */
async function joinTab(joinUrl, number) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(joinUrl);
  await page.getByRole('textbox').fill(`tab-${number}`);
  await page.locator('button[type="submit"]').click();
  await page.locator('.status.computing').waitFor();
  const threads = page.getByRole('combobox');
  if ((await threads.count()) > 0) await threads.first().selectOption('1');
  return context;
}

/** Milliseconds a step and where they went in a tab, means of so many seconds. */
async function measure(tabs, batch) {
  const folder = await mkdtemp(join(tmpdir(), 'shoal-tabs-'));
  const host = await openRun({
    ...{ runsFolder: folder, start: { type: 'new', spec: specOf(batch), dataSet } },
    ...{ host: '127.0.0.1', port: 0, publicUrl: null, token: null },
    ...{ localWorkers: 0, threadsPerWorker: 1, logLevel: 'error' },
  });
  let [steps, workers] = [0, 0];
  /** Milliseconds of all steps so far, by what a tab did in them, of all tabs together. */
  const parts = { computeMs: 0, parametersMs: 0, travelMs: 0, leasesMs: 0, updateMs: 0 };
  host.onReport((report) => {
    if (report.type === 'step') steps += 1;
    else if (report.type === 'worker') workers = report.workers;
  });
  host.onStepTimes((times) => {
    for (const tab of times.workers.values()) for (const part in parts) parts[part] += tab[part];
  });
  host.start();
  const contexts = [];
  try {
    for (let i = 0; i < tabs; i += 1) contexts.push(await joinTab(host.joinUrl, i + 1));
    const giveUp = performance.now() + JOIN_MS_MAX;
    while (workers < tabs || steps === 0) {
      if (performance.now() > giveUp)
        throw new Error(`${tabs} tabs did not join within ${JOIN_MS_MAX / 1000} s.`);
      await pause(50);
    }
    await pause(WARM_UP_MS);
    const traffic = host.traffic();
    const [from, before, spent] = [performance.now(), steps, { ...parts }];
    await pause(seconds * 1000);
    const done = steps - before;
    const now = host.traffic();
    const mean = (part) => (parts[part] - spent[part]) / done / tabs;
    return {
      stepMs: (performance.now() - from) / done,
      sentKb: (now.sent - traffic.sent) / done / 1000,
      receivedKb: (now.received - traffic.received) / done / 1000,
      ...Object.fromEntries(Object.keys(parts).map((part) => [part, mean(part)])),
    };
  } finally {
    for (const context of contexts) await context.close();
    host.stop('The benchmark is done.');
    await host.finished;
    await host.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const measured = new Map();
for (let round = 1; round <= rounds; round += 1) {
  for (const batch of batches) {
    for (const tabs of tabCounts) {
      const times = await measure(tabs, batch);
      const key = `${batch} ${tabs}`;
      measured.set(key, [...(measured.get(key) ?? []), times.stepMs]);
      console.log(
        JSON.stringify({ round, batch, tabs, ...times }, (_, value) =>
          Number.isFinite(value) ? Number(value.toFixed(2)) : value,
        ),
      );
    }
  }
}
await browser.close();

console.log(
  '\n| Batch | Tabs | A step, ms | Samples/s | Beside one tab |\n| ---: | ---: | ---: | ---: | ---: |',
);
for (const batch of batches) {
  for (const tabs of tabCounts) {
    const all = measured.get(`${batch} ${tabs}`);
    const ones = measured.get(`${batch} 1`);
    const gain = ones === undefined ? null : median(all.map((ms, round) => ones[round] / ms));
    const spread = `${Math.min(...all).toFixed(1)} to ${Math.max(...all).toFixed(1)}`;
    const stepMs = median(all);
    console.log(
      `| ${batch} | ${tabs} | ${stepMs.toFixed(1)} (${spread}) | ${Math.round((batch * 1000) / stepMs)} | ${gain?.toFixed(2) ?? '–'} |`,
    );
  }
}
