/**
 * npm run bench:lines -- [--preset mnist-cnn-slow-line] [--workers 1] [--tabs] [--up 1] [--down 10] [--delay 50]
 *   [--rounds 3] [--seconds 60] [--set field=value ...]
 *
 * What workers behind slow lines do of what they do on a local network: a real coordinator without workers of its own, and
 * worker processes (with --tabs, tabs of Chromium, each with nothing in its cache) that reach it over loopback, each through
 * a line of its own (rates in Mbit/s, the delay one way in milliseconds), in turns with the same workers without lines. Tells
 * samples a second that counted, the time and bytes until a first answer counted, from starting the process or opening the
 * page, and bytes a sample. Data for the run is looked for as `shoal train` does (SHOAL_DATA_DIR), Chromium where systems
 * put it, or by SHOAL_CHROMIUM.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { WebSocket } from 'ws';
import { findChromium } from '../../scripts/findChromium.mjs';
import { SlowLine } from './slowLine.mjs';

const { values } = parseArgs({
  options: {
    preset: { type: 'string', default: 'mnist-cnn-slow-line' },
    workers: { type: 'string', default: '1' },
    tabs: { type: 'boolean', default: false },
    up: { type: 'string', default: '1' },
    down: { type: 'string', default: '10' },
    delay: { type: 'string', default: '50' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '60' },
    set: { type: 'string', multiple: true, default: [] },
  },
});
const numbers = ['workers', 'up', 'down', 'delay', 'rounds', 'seconds'].map((name) => Number(values[name]));
const [workers, up, down, delay, rounds, seconds] = numbers;
if (!numbers.every((one) => one > 0) || ![workers, rounds].every(Number.isInteger)) {
  console.error('--workers and --rounds take whole numbers, the others numbers; all above 0.');
  process.exit(2);
}

const SHOAL = fileURLToPath(new URL('../../packages/coordinator/bin/shoal.js', import.meta.url));
/** Until a first answer has counted. */
const FIRST_MS_MAX = 300_000;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const browser = values.tabs
  ? await chromium.launch({
      executablePath: findChromium(),
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
    })
  : null;

/** Somebody who joins by this link; ends with `leave`. */
async function joined(url, number) {
  if (browser === null) {
    const child = shoal(['worker', url, '--threads', '1']);
    return { leave: () => stop(child) };
  }
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  await page.getByRole('textbox').fill(`tab-${number}`);
  // As many threads as a worker process has; the choice is there once it computes.
  await page.locator('button[type="submit"]').click();
  void page
    .locator('.status.computing')
    .waitFor({ timeout: FIRST_MS_MAX })
    .then(() => page.getByRole('combobox').first().selectOption('1', { timeout: 1_000 }))
    .catch(() => {});
  return { leave: () => context.close() };
}

/** Ends a process, in good order where it goes by itself. */
async function stop(child) {
  child.kill('SIGTERM');
  await Promise.race([child.exited, pause(10_000)]);
  child.kill('SIGKILL');
}

/** Starts `shoal` with these arguments; it ends with this process. */
function shoal(args) {
  const child = spawn(process.execPath, [SHOAL, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.resume();
  child.exited = new Promise((resolve) => child.once('exit', resolve));
  return child;
}

/** Links of a coordinator, as its JSON lines tell them; what it says besides is read and not looked at. */
function linksOf(child) {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = JSON.parse(line);
      if (said.type === 'listening') resolve(said);
    });
    void child.exited.then(() => reject(new Error('The coordinator ended before it listened.')));
  });
}

/** What the page of the run is told, as it comes. */
function watch(watchUrl) {
  const { host, hash } = new URL(watchUrl);
  const socket = new WebSocket(`ws://${host}/watch`);
  const seen = { workers: [], runIsOver: false };
  socket.on('open', () => {
    socket.send(JSON.stringify({ type: 'watch', token: decodeURIComponent(hash.slice(1)), have: null }));
  });
  socket.on('message', (data) => {
    const message = JSON.parse(String(data));
    if (message.type === 'snapshot' || message.type === 'workers') seen.workers = message.workers;
    if (message.run?.result != null) seen.runIsOver = true;
  });
  socket.on('error', () => {});
  return { seen, close: () => socket.terminate() };
}

const countedBy = (seen) => seen.workers.reduce((sum, { samples }) => sum + samples, 0);

/** One measurement, with lines of these rates or without any. */
async function measure(rates) {
  const folder = await mkdtemp(join(tmpdir(), 'shoal-lines-'));
  const changes = ['epochs=100000', 'earlyStopping=null', ...values.set].flatMap((one) => ['--set', one]);
  const coordinator = shoal(
    ['train', '--preset', values.preset, ...changes, '--workers', '0', '--host', '127.0.0.1'].concat([
      '--port',
      '0',
      '--out',
      folder,
      '--json',
    ]),
  );
  const lines = [];
  const [crowd, joining] = [[], []];
  let page = null;
  try {
    const { joinUrl, watchUrl } = await linksOf(coordinator);
    page = watch(watchUrl);
    const { port, hash } = new URL(joinUrl);
    const startedAt = performance.now();
    for (let i = 0; i < workers; i += 1) {
      let target = port;
      if (rates !== null) {
        const line = await SlowLine.to(Number(port), rates);
        lines.push(line);
        target = line.port;
      }
      joining.push(joined(`http://127.0.0.1:${target}/join${hash}`, i + 1));
    }
    crowd.push(...(await Promise.all(joining)));
    while (countedBy(page.seen) === 0) {
      if (performance.now() - startedAt > FIRST_MS_MAX || coordinator.exitCode !== null) {
        throw new Error(`No answer counted within ${FIRST_MS_MAX / 1000} s.`);
      }
      await pause(50);
    }
    const firstSeconds = (performance.now() - startedAt) / 1000;
    const firstBytes = lines.map(({ bytes }) => bytes.socket.down + bytes.requests.down);
    // Steps in which speeds and lines are learned.
    await pause(seconds * 250);
    const before = { at: performance.now(), samples: countedBy(page.seen), bytes: bytesOn(lines) };
    await pause(seconds * 1000);
    const after = { at: performance.now(), samples: countedBy(page.seen), bytes: bytesOn(lines) };
    if (page.seen.runIsOver) throw new Error('The run ended while it was measured: give fewer --seconds.');
    const samples = after.samples - before.samples;
    return {
      samplesPerSecond: (1000 * samples) / (after.at - before.at),
      firstSeconds,
      firstBytes: firstBytes.length === 0 ? null : Math.max(...firstBytes),
      bytesPerSample: (after.bytes.socket - before.bytes.socket) / samples,
      dataBytesPerSample: (after.bytes.requests - before.bytes.requests) / samples,
    };
  } finally {
    page?.close();
    await Promise.all([...crowd.map(({ leave }) => leave()), stop(coordinator)]);
    for (const line of lines) line.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function bytesOn(lines) {
  const sum = (kind) => lines.reduce((all, { bytes }) => all + bytes[kind].up + bytes[kind].down, 0);
  return { socket: sum('socket'), requests: sum('requests') };
}

const rates = { upBitsPerSecond: up * 1e6, downBitsPerSecond: down * 1e6, delayMs: delay };
const shares = [];
for (let round = 0; round < rounds; round += 1) {
  const local = await measure(null);
  const slow = await measure(rates);
  const share = slow.samplesPerSecond / local.samplesPerSecond;
  shares.push(share);
  console.log(JSON.stringify({ type: 'lines', round, workers, tabs: values.tabs, share, local, slow }));
}
await browser?.close();
const sorted = [...shares].sort((a, b) => a - b);
const [least, median, most] = [sorted[0], sorted[Math.floor(rounds / 2)], sorted[rounds - 1]];
console.log(
  `${values.preset}, ${workers} ${values.tabs ? 'tabs' : 'worker processes'} behind ${up} Mbit/s up, ${down} down, ${delay} ms each way: ` +
    `${median.toFixed(3)} of a local network (${least.toFixed(3)} to ${most.toFixed(3)})`,
);
