/**
 * A `shoal` command as a real process: its JSON lines can be awaited, its end can be awaited, and it is ended by its
 * own process id when the test is over, whatever became of the test.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** One line of `--json` output. */
export type Line = { readonly type: string; readonly [field: string]: unknown };

export type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** Generous: an event that does not come within it never will, on a machine however slow. */
const EVENT_TIMEOUT_MS = 300_000;

const FREEZABLE = new URL('./freezable.mjs', import.meta.url).href;
export const SHOAL = fileURLToPath(new URL('../../packages/coordinator/bin/shoal.js', import.meta.url));

export type StartOptions = {
  readonly environment?: Readonly<Record<string, string>>;
  /** Words in front of `node`, such as a shell that sets a limit first. */
  readonly within?: readonly string[];
  /** Can be frozen without a signal. */
  readonly freezable?: boolean;
  /** What it reads on standard input; nothing when absent. */
  readonly input?: string;
};

export class ShoalProcess {
  readonly lines: Line[] = [];
  /** All that was printed, as it came. */
  raw = '';
  /** What was printed that is no JSON line. */
  text = '';
  errors = '';
  readonly exited: Promise<Ended>;
  /** Both outputs have ended: neither the process nor a child that shares them lives. */
  readonly outputsEnded: Promise<void>;
  readonly #child: ChildProcess;
  readonly #command: string;
  #ended: Ended | null = null;
  #rest = '';
  #wake: (() => void)[] = [];

  private constructor(child: ChildProcess, command: string) {
    this.#child = child;
    this.#command = command;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text;
    });
    this.exited = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    this.outputsEnded = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.#ended = { code, signal };
        this.#wakeAll();
        resolve();
      });
    });
  }

  /** Must be called inside a test: the process ends with it. */
  static start(args: readonly string[], options: StartOptions = {}): ShoalProcess {
    const { freezable = false, within = [], input } = options;
    const imports = freezable ? ['--import', FREEZABLE] : [];
    const words = [...within, process.execPath, ...imports, SHOAL, ...args];
    const { SHOAL_TOKEN: _token, SHOAL_DATA_DIR: _data, ...inherited } = process.env;
    const child = spawn(words[0] as string, words.slice(1), {
      env: { ...inherited, ...options.environment },
      stdio: [
        input === undefined ? 'ignore' : 'pipe',
        'pipe',
        'pipe',
        ...(freezable ? ['ipc' as const] : []),
      ],
    });
    if (input !== undefined) child.stdin?.end(input);
    const started = new ShoalProcess(child, `shoal ${args.join(' ')}`);
    onTestFinished(() => started.#end());
    return started;
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Closes the reading end of its standard output, as `| head` does. */
  stopReading(): void {
    this.#child.stdout?.destroy();
  }

  /** Freezes it from inside, as no signal can on Windows; it must have been started as freezable. */
  freeze(ms: number): void {
    this.#child.send({ freezeMs: ms });
  }

  /** The first line from `from` on that is as wanted, whether it has come already or is to come. */
  async line(wanted: (line: Line) => boolean, what: string, from = 0): Promise<Line> {
    const deadline = Date.now() + EVENT_TIMEOUT_MS;
    for (let next = from; ; ) {
      while (next < this.lines.length) {
        const line = this.lines[next] as Line;
        if (wanted(line)) return line;
        next += 1;
      }
      if (this.#ended !== null) throw new Error(`${what} never came: the process has ended.${this.#story()}`);
      if (Date.now() > deadline) throw new Error(`${what} did not come in time.${this.#story()}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1_000);
        this.#wake.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  result(): Promise<Line> {
    return this.line((line) => line.type === 'result', 'The result');
  }

  /** Waits for the end. Everything that was printed has then been read. */
  async end(): Promise<Ended> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`It did not end in time.${this.#story()}`)),
        EVENT_TIMEOUT_MS,
      );
    });
    try {
      await Promise.race([this.outputsEnded, late]);
      return await this.exited;
    } finally {
      clearTimeout(timer);
    }
  }

  /** The join link that a coordinator prints. */
  async joinUrl(): Promise<string> {
    const line = await this.line((one) => one.type === 'listening', 'The join link');
    return line.joinUrl as string;
  }

  #read(text: string): void {
    this.raw += text;
    const parts = (this.#rest + text).split('\n');
    this.#rest = parts.pop() as string;
    for (const part of parts) {
      // A line of JSON, as opposed to the first line of a printed spec.
      if (part.startsWith('{"')) this.lines.push(JSON.parse(part) as Line);
      else this.text += `${part}\n`;
    }
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }

  #story(): string {
    const last = this.lines.slice(-5).map((line) => JSON.stringify(line).slice(0, 300));
    return `\n$ ${this.#command}\n${[...last, this.text.slice(-2000), this.errors.slice(-2000)].join('\n')}`;
  }

  async #end(): Promise<void> {
    if (!this.isRunning) return;
    this.#child.kill('SIGKILL');
    await this.exited;
  }
}

/** Runs a command to its end. */
export async function shoal(
  args: readonly string[],
  options: StartOptions = {},
): Promise<
  Ended & {
    readonly lines: readonly Line[];
    readonly text: string;
    readonly raw: string;
    readonly errors: string;
  }
> {
  const run = ShoalProcess.start(args, options);
  const ended = await run.end();
  return { ...ended, lines: run.lines, text: run.text, raw: run.raw, errors: run.errors };
}
