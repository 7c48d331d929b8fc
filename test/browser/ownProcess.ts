/** A process that a test starts, with a fresh folder for what it writes, and ends by its own id. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const START_TIMEOUT_MS = 120_000;
const END_TIMEOUT_MS = 5_000;
/** Kept of what a process writes, for when it fails. */
const TAIL_CHARACTERS = 2_000;

export class OwnProcess {
  readonly #child: ChildProcess;
  readonly #command: string;
  readonly #ended: Promise<void>;
  #said = '';

  private constructor(command: string, child: ChildProcess) {
    this.#command = command;
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', (error) => {
        this.#said += error.message;
        resolve();
      });
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (text: Buffer) => {
        this.#said = (this.#said + text).slice(-TAIL_CHARACTERS);
      });
    }
  }

  static start(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): OwnProcess {
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    return new OwnProcess(
      command,
      spawn(command, args, { stdio: [...stdio], env: { ...process.env, ...env } }),
    );
  }

  /**
   * The first group of the first match in what the process writes.
   * @throws Error with the process's last words when it ends or two minutes pass without
   */
  async says(pattern: RegExp): Promise<string> {
    const giveUp = Date.now() + START_TIMEOUT_MS;
    while (Date.now() < giveUp) {
      const found = pattern.exec(this.#said)?.[1];
      if (found !== undefined) return found;
      if (this.hasEnded) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${this.#command} did not start: ${this.#said.trim() || 'it said nothing'}`);
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined;
  }

  /** Waits a few seconds for the process to end by itself when it was asked to, then ends it. */
  async end({ asked }: { readonly asked: boolean }): Promise<void> {
    const late = setTimeout(() => this.#child.kill('SIGKILL'), asked ? END_TIMEOUT_MS : 0);
    await this.#ended;
    clearTimeout(late);
  }
}

/** Gives `use` an empty folder and removes it afterwards, whatever happened. */
export async function withFolder<T>(name: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), `shoal-${name}-`));
  try {
    return await use(folder);
  } finally {
    // A browser's last child processes may still be writing.
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}
