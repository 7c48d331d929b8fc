/**
 * Ends the process when one frame holds it up for good: a loop without an end can be told by another thread only. It
 * says which frame it was and how to send it again.
 */
import { Worker } from 'node:worker_threads';

const PATIENCE_MS = 60_000;

const PROGRAM = `
  const { workerData } = require('node:worker_threads');
  const seen = new Int32Array(workerData.shared);
  let last = '';
  setInterval(() => {
    const now = seen.join();
    if (now === last) {
      const replay = 'npm run fuzz -- --seed ' + seen[0] + ' --frames ' + seen[1];
      require('node:fs').writeSync(2, 'Nothing has moved since seed ' + seen[0] + ', frame ' + seen[1] + '. Replay: ' + replay + '\\n');
      process.kill(process.pid, 'SIGKILL');
    }
    last = now;
  }, workerData.patienceMs);
`;

export class Watchdog {
  readonly #seen: Int32Array;
  readonly #thread: Worker;

  constructor() {
    const shared = new SharedArrayBuffer(8);
    this.#seen = new Int32Array(shared);
    this.#thread = new Worker(PROGRAM, { eval: true, workerData: { shared, patienceMs: PATIENCE_MS } });
    this.#thread.unref();
  }

  seen(seed: number, frame: number): void {
    this.#seen[0] = seed;
    this.#seen[1] = frame;
  }

  async close(): Promise<void> {
    await this.#thread.terminate();
  }
}
