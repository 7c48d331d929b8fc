/** What a page does with a coordinator, without a browser: requests with a bearer token, and the feed. */
import type { EpochRecord, RunView, StepColumns, WatchMessage } from '@shoal/core';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { ShoalProcess } from './shoalProcess.ts';

/** Generous: what does not come within it never will, on a machine however slow. */
const TIMEOUT_MS = 300_000;

export type Answer = { readonly status: number; readonly body: unknown };

export class CoordinatorClient {
  readonly url: string;
  readonly tokens: { readonly operator: string; readonly viewer: string; readonly worker: string };

  private constructor(url: string, tokens: CoordinatorClient['tokens']) {
    this.url = url;
    this.tokens = tokens;
  }

  /** The links are taken from what the coordinator prints. */
  static async of(coordinator: ShoalProcess): Promise<CoordinatorClient> {
    const line = await coordinator.line(({ type }) => type === 'listening', 'The links');
    const tokenOf = (field: string): string => new URL(line[field] as string).hash.slice(1);
    return new CoordinatorClient(line.url as string, {
      operator: tokenOf('dashboardUrl'),
      viewer: tokenOf('watchUrl'),
      worker: tokenOf('joinUrl'),
    });
  }

  async request(method: string, path: string, body?: unknown, token?: string | null): Promise<Answer> {
    const bearer = token === undefined ? this.tokens.operator : token;
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: bearer === null ? {} : { authorization: `Bearer ${bearer}` },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text,
    };
  }

  get = (path: string, token?: string | null): Promise<Answer> => this.request('GET', path, undefined, token);
  post = (path: string, body?: unknown, token?: string | null): Promise<Answer> =>
    this.request('POST', path, body, token);

  /** Starts a run of this spec, or whatever else is its body. @returns its name */
  async start(spec: unknown): Promise<string> {
    const { status, body } = await this.post('/api/runs', { spec });
    if (status !== 201) throw new Error(`The run was not started: ${JSON.stringify(body)}`);
    return (body as { readonly runId: string }).runId;
  }

  async watch(have: Have = null, token: string = this.tokens.operator): Promise<Watching> {
    const socket = new WebSocket(`${this.url.replace('http', 'ws')}/watch`);
    onTestFinished(() => socket.terminate());
    return new Watching(socket, { type: 'watch', token, have });
  }
}

type Have = { readonly runId: string; readonly globalStep: number } | null;

/** One connection to the feed: every message in order, and what a page would make of them. */
export class Watching {
  readonly messages: WatchMessage[] = [];
  /** Every step that was told, as it came; a page that is told one twice would draw it twice. */
  readonly steps: number[] = [];
  readonly epochs: EpochRecord[] = [];
  run: RunView | null = null;
  closedWith: number | null = null;
  readonly #socket: WebSocket;
  /** How each run was told the last time, the earlier ones too. */
  readonly #runs = new Map<string, RunView>();
  /** Of those who wait, called after every message. */
  readonly #looks = new Set<() => void>();
  #wake: (() => void)[] = [];

  constructor(socket: WebSocket, request: unknown) {
    this.#socket = socket;
    socket.on('open', () => socket.send(JSON.stringify(request)));
    socket.on('error', () => {});
    socket.on('message', (data) => this.#take(JSON.parse(data.toString()) as WatchMessage));
    socket.on('close', (code) => {
      this.closedWith = code;
      this.#wakeAll();
    });
  }

  #take(message: WatchMessage): void {
    this.messages.push(message);
    if (message.type === 'snapshot' || message.type === 'progress') {
      this.run = message.run;
      if (message.run !== null) this.#runs.set(message.run.runId, message.run);
      this.#addSteps(message.steps);
    }
    if (message.type === 'snapshot') this.epochs.push(...message.epochs);
    if (message.type === 'epoch') this.epochs.push(message.record);
    for (const look of this.#looks) look();
    this.#wakeAll();
  }

  #addSteps({ globalStep, ...others }: StepColumns): void {
    for (const column of Object.values(others)) {
      if (column.length !== globalStep.length) throw new Error('The columns of the steps differ in length.');
    }
    this.steps.push(...globalStep);
  }

  #wakeAll(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }

  /** Waits until this holds; it is asked after every message. */
  async until(holds: (watching: this) => boolean, what: string): Promise<void> {
    const deadline = Date.now() + TIMEOUT_MS;
    let held = false;
    // Messages may come several at once: what holds after one of them need not hold after the next.
    const look = (): void => {
      held ||= holds(this);
    };
    look();
    this.#looks.add(look);
    try {
      while (!held) {
        if (Date.now() > deadline) throw new Error(`${what} did not come in time.${this.#story()}`);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, 1_000);
          this.#wake.push(() => {
            clearTimeout(timer);
            resolve();
          });
        });
        look();
      }
    } finally {
      this.#looks.delete(look);
    }
  }

  /** The run's result, once it is told; by then the next run may have begun. */
  async result(runId: string) {
    let result: RunView['result'] = null;
    await this.until(() => {
      result = this.#runs.get(runId)?.result ?? null;
      return result !== null;
    }, `The result of ${runId}`);
    return result as unknown as NonNullable<RunView['result']>;
  }

  /** Breaks off without a word. */
  drop(): void {
    this.#socket.terminate();
  }

  get events(): string[] {
    return this.messages.flatMap((message) =>
      message.type === 'events' || message.type === 'snapshot'
        ? message.events.map((one) => one.message)
        : [],
    );
  }

  get workers() {
    const told = this.messages.findLast((one) => one.type === 'workers' || one.type === 'snapshot');
    return told === undefined ? [] : (told as Extract<WatchMessage, { type: 'workers' }>).workers;
  }

  get locals() {
    const told = this.messages.findLast((one) => one.type === 'workers' || one.type === 'snapshot');
    return told === undefined ? [] : (told as Extract<WatchMessage, { type: 'workers' }>).locals;
  }

  #story(): string {
    const last = this.messages.slice(-3).map((message) => JSON.stringify(message).slice(0, 600));
    return `\n${last.join('\n')}\n${this.events.slice(-10).join('\n')}`;
  }
}
