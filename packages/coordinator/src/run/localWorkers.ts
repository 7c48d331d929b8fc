/** Worker processes on the coordinator's own machine. They end with it, and are started again when they die. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How often one place is filled again before it stays empty: a worker that cannot run is not started for ever. */
const RESTARTS_MAX = 5;

/**
 * A worker keeps almost nothing on JavaScript's heap, and its large buffers go round; without these bounds (and one
 * malloc arena on glibc) garbage that nobody hurries to collect makes it half as large again.
 */
const LEAN_HEAP = ['--max-semi-space-size=1'];

export type LocalWorkersOptions = {
  readonly count: number;
  readonly threads: number;
  readonly url: string;
  readonly token: string;
  readonly onNotice: (message: string) => void;
  /** The last one has ended and none is started again. */
  readonly onExhausted: () => void;
};

export class LocalWorkers {
  readonly #options: LocalWorkersOptions;
  readonly #children = new Set<ChildProcess>();
  #closing = false;

  constructor(options: LocalWorkersOptions) {
    this.#options = options;
  }

  start(): void {
    for (let i = 1; i <= this.#options.count; i += 1) this.#spawn(`local-${i}`, 0);
  }

  #spawn(name: string, restarts: number): void {
    const { url, token, threads, onNotice } = this.#options;
    const entry = fileURLToPath(new URL('./localWorker.js', import.meta.resolve('@shoal/worker')));
    const child = fork(entry, [], {
      execArgv: [...process.execArgv, ...LEAN_HEAP],
      env: {
        MALLOC_ARENA_MAX: '1',
        ...process.env,
        SHOAL_URL: url,
        SHOAL_TOKEN: token,
        SHOAL_THREADS: String(threads),
        SHOAL_NAME: name,
      },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#children.add(child);
    child.once('error', (error) =>
      onNotice(`The local worker ${name} could not be started: ${error.message}.`),
    );
    child.once('exit', (code, signal) => {
      this.#children.delete(child);
      if (this.#closing || code === 0) return;
      // Exit code 2 says that this worker cannot take part at all; it has told why.
      const last = code === 2 || restarts >= RESTARTS_MAX;
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      if (last) {
        onNotice(`The local worker ${name} ended (${how}) and is not started again.`);
        if (this.#children.size === 0) this.#options.onExhausted();
        return;
      }
      onNotice(`The local worker ${name} ended (${how}); it is started again.`);
      this.#spawn(name, restarts + 1);
    });
  }

  /** Process ids, for tests and for the buttons that break a local worker. */
  get pids(): number[] {
    return [...this.#children].flatMap((child) => child.pid ?? []);
  }

  /** Waits, at most `graceMs`, for the workers to leave in order; then ends them. */
  async close(graceMs: number): Promise<void> {
    this.#closing = true;
    const exits = [...this.#children].map(
      (child) => new Promise<void>((resolve) => child.once('exit', () => resolve())),
    );
    for (const child of this.#children) if (child.connected) child.disconnect();
    const timer = setTimeout(() => {
      for (const child of this.#children) child.kill('SIGKILL');
    }, graceMs);
    await Promise.all(exits);
    clearTimeout(timer);
  }
}
