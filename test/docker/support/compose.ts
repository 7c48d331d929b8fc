/** A project of the compose files, on the images under test and with a name of its own; gone when its test is over. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { inject, onTestFinished } from 'vitest';
import { REPOSITORY, TAG } from './images.ts';
import { projectPrefix } from './session.ts';

const run = promisify(execFile);
/** Generous: what does not come within it never will. */
const EVENT_TIMEOUT_MS = 150_000;
let made = 0;
const FREE_PORTS = { SHOAL_PORT: '0', SHOAL_TLS_PORT: '0', SHOAL_PORT_1: '0', SHOAL_PORT_2: '0' };

export type ComposeOptions = {
  /** Files in place of the `compose.yaml` that the plain command finds. */
  readonly files?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
};

export class ComposeProject {
  readonly #words: readonly string[];
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(words: readonly string[], environment: NodeJS.ProcessEnv) {
    this.#words = words;
    this.#environment = environment;
  }

  static create({ files = [], environment = {} }: ComposeOptions = {}): ComposeProject {
    made += 1;
    const name = `${projectPrefix(inject('dockerSession') ?? '')}${process.pid}-${made}`;
    // Any free ports: the usual ones may be in use by a Shoal that is meant.
    const inherited = { ...process.env, SHOAL_TAG: TAG, ...FREE_PORTS };
    const words = ['compose', '--project-name', name, ...files.flatMap((file) => ['--file', file])];
    const project = new ComposeProject(words, { ...inherited, ...environment });
    onTestFinished(async () => {
      await project.run('--profile', '*', 'down', '--volumes', '--remove-orphans', '--timeout', '1');
    });
    return project;
  }

  /** The same project, for commands with more in their environment. */
  given(environment: Readonly<Record<string, string>>): ComposeProject {
    return new ComposeProject(this.#words, { ...this.#environment, ...environment });
  }

  /** Runs to its end. @returns what it printed */
  async run(...words: string[]): Promise<string> {
    const { stdout } = await run('docker', [...this.#words, ...words], {
      cwd: REPOSITORY,
      env: this.#environment,
    });
    return stdout.trim();
  }

  /** `docker compose …`, which stays and prints what its containers print. */
  attached(...words: string[]): Attached {
    const child = spawn('docker', [...this.#words, '--ansi', 'never', ...words], {
      cwd: REPOSITORY,
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const attached = new Attached(child, words.join(' '));
    onTestFinished(() => attached.close());
    return attached;
  }
}

export class Attached {
  text = '';
  readonly #child: ChildProcess;
  readonly #command: string;
  readonly #exit: Promise<number | null>;
  #ended = false;
  #wake: (() => void)[] = [];

  constructor(child: ChildProcess, command: string) {
    this.#child = child;
    this.#command = command;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.text += text;
        this.#wakeAll();
      });
    }
    this.#exit = new Promise((resolve) => {
      child.once('close', (code) => {
        this.#ended = true;
        this.#wakeAll();
        resolve(code);
      });
    });
  }

  /** Waits until a container has said something like it. */
  async said(pattern: RegExp): Promise<RegExpExecArray> {
    const deadline = Date.now() + EVENT_TIMEOUT_MS;
    for (;;) {
      const match = pattern.exec(this.text);
      if (match !== null) return match;
      if (this.#ended || Date.now() > deadline)
        throw new Error(`"${this.#command}" never said ${pattern}.\n${this.text.slice(-4000)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1_000);
        this.#wake.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** @returns the exit code */
  async ended(): Promise<number | null> {
    return this.#exit;
  }

  async close(): Promise<void> {
    if (!this.#ended) this.#child.kill('SIGKILL');
    await this.#exit;
  }

  #wakeAll(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
