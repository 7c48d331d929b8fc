/**
 * The worker's health check, which needs no network: the worker rewrites its status file every second. An old file
 * means that it is stuck or frozen, the word in it whether it has joined a run. With `--alive` only the former counts:
 * a worker that waits for its coordinator mends nothing by being started again.
 */
import { readFileSync, statSync } from 'node:fs';

const OLDEST_MS = 15_000;
const file = process.env.SHOAL_STATUS_FILE || '/tmp/shoal-worker-status';

let word;
let age;
try {
  word = readFileSync(file, 'utf8').trim();
  age = Date.now() - statSync(file).mtimeMs;
} catch (error) {
  process.stdout.write(`${error.message}\n`);
  process.exit(1);
}
process.stdout.write(`${word}, ${Math.round(age / 1000)} s ago\n`);
const joined = word === 'joined' || process.argv.includes('--alive');
process.exit(age <= OLDEST_MS && joined ? 0 : 1);
