/** Whole trainings on MNIST by the command itself, with two local workers: how long they take, and what memory they hold. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from './figures.mjs';

const SHOAL = join(ROOT, 'packages', 'coordinator', 'bin', 'shoal.js');

/**
 * @param overrides of the preset, as `--set` takes them
 * @returns `seconds` from the first step to the last (validation after each epoch included), `testAccuracy`, and `memory` of
 * coordinator and workers, which are one process, in MB as Linux tells it: at the last epoch and at its peak
 */
export async function ownTraining({ preset, overrides, data }) {
  const out = await mkdtemp(join(tmpdir(), 'shoal-bench-'));
  const sets = overrides.flatMap((one) => ['--set', one]);
  const where = ['--host', '127.0.0.1', '--port', '0', '--data', data, '--no-download', '--out', out];
  const child = spawn(
    process.execPath,
    [SHOAL, 'train', '--preset', preset, ...sets, '--workers', '2', ...where, '--json'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let seconds = 0;
  let memory = null;
  let result = null;
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const said = JSON.parse(line);
      if (said.type === 'epoch') {
        seconds += said.seconds;
        memory = resident(child.pid);
      }
      if (said.type === 'result') result = said;
    }
  } finally {
    child.kill();
    await rm(out, { recursive: true, force: true });
  }
  if (result?.state !== 'finished') throw new Error(`The training of ${preset} has come to no end.`);
  return { seconds, testAccuracy: result.testAccuracy, memory };
}

/** Resident memory of a process in MB, from Linux's /proc; null elsewhere. */
function resident(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const megabytes = (field) =>
      (Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024) / 1e6;
    return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') };
  } catch {
    return null;
  }
}
