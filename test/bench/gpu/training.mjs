/** Whole trainings whose only worker computes on a graphics card: how long to 99 % of the validation set, and to the end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const CLI = fileURLToPath(new URL('./cli/main.js', import.meta.resolve('@shoal/coordinator')));
const GOAL = 0.99;

/**
 * @param settings of the preset, as `--set` takes them; `data` is the folder with MNIST
 * @returns `secondsToGoal` (null where it was not reached), `seconds` to the last epoch and `testAccuracy`; or a `problem`
 */
export async function cardTraining(preset, { settings, data, timeoutMs }) {
  const out = mkdtempSync(join(tmpdir(), 'shoal-gpu-run-'));
  const sets = Object.entries({ numerics: 'fast', ...settings }).flatMap(([key, value]) => [
    '--set',
    `${key}=${value}`,
  ]);
  const where = ['--host', '127.0.0.1', '--port', '0', '--no-download', '--data', data, '--out', out];
  const coordinator = spawn(
    process.execPath,
    [CLI, 'serve', '--preset', preset, '--json', ...where, ...sets],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let worker = null;
  let problem = 'its coordinator ended before it';
  const giveUp = (why) => {
    problem = why;
    coordinator.kill();
  };
  const timer = setTimeout(() => giveUp(`it came to no end within ${timeoutMs / 1000} s`), timeoutMs);
  let [began, lastEpoch, reached] = [null, null, null];
  const since = () => (performance.now() - began) / 1000;
  try {
    for await (const line of createInterface({ input: coordinator.stdout })) {
      const told = JSON.parse(line);
      if (told.type === 'listening') {
        worker = spawn(process.execPath, [CLI, 'worker', told.joinUrl, '--engine', 'webgpu', '--json'], {
          stdio: ['ignore', 'ignore', 'inherit'],
        });
        // Without its only worker a run waits for ever.
        worker.once('exit', () => giveUp('its only worker ended before it'));
      }
      // It has kernels to compile yet, for which whoever trains waits too.
      if (told.type === 'worker') began ??= performance.now();
      if (told.type === 'epoch') {
        lastEpoch = since();
        if (told.validationAccuracy >= GOAL) reached ??= lastEpoch;
      }
      if (told.type !== 'result') continue;
      if (told.state !== 'finished') return { problem: `the run was ${told.state}` };
      return { secondsToGoal: reached, seconds: lastEpoch, testAccuracy: told.testAccuracy };
    }
    return { problem };
  } finally {
    clearTimeout(timer);
    worker?.removeAllListeners('exit');
    // It writes to its folder until it has ended.
    await Promise.all([coordinator, worker].map(ended));
    rmSync(out, { recursive: true, force: true });
  }
}

async function ended(child) {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill();
  await exited;
}
