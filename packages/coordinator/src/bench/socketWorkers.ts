/** Worker processes on this machine that join over the loopback address, as `shoal worker --threads 1` does: one engine each. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../../bin/shoal.js', import.meta.url));

/** @returns what ends them */
export function startSocketWorkers(count: number, joinUrl: string): () => Promise<void> {
  const processes = Array.from({ length: count }, (_, i) =>
    spawn(process.execPath, [COMMAND, 'worker', joinUrl, '--name', `socket-${i + 1}`, '--threads', '1'], {
      stdio: 'ignore',
    }),
  );
  return async () => {
    await Promise.all(processes.map(end));
  };
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill();
  });
}
