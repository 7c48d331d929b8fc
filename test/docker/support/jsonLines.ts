/**
 * The JSON lines that a container prints, as they come; any of them can be awaited. `at` is added to each: when it was
 * printed, in milliseconds.
 */
import type { Readable } from 'node:stream';
import type { Line } from '../../support/shoalProcess.ts';

/** Generous: an event that does not come within it never will, on a machine however slow. */
const EVENT_TIMEOUT_MS = 120_000;
const LOOK_MS = 1_000;

export class JsonLines {
  readonly lines: Line[] = [];
  /** What was printed that is no JSON. */
  text = '';
  readonly #who: string;
  #rest = '';
  #ended = false;
  #wake: (() => void)[] = [];

  constructor(who: string) {
    this.#who = who;
  }

  /** Goes on with another stream when a container was started again. */
  follow(stream: Readable): void {
    this.#rest = '';
    this.#ended = false;
    stream.on('end', () => {
      this.#ended = true;
      this.#wakeAll();
    });
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => this.#read(text));
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
      if (this.#ended) throw new Error(`${what} never came: the container has ended.${this.story()}`);
      if (Date.now() > deadline) throw new Error(`${what} did not come in time.${this.story()}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LOOK_MS);
        this.#wake.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  story(): string {
    const news = this.lines.filter(({ type }) => type === 'worker' || type === 'notice').slice(-12);
    const last = [...news, ...this.lines.slice(-6)].map((line) => JSON.stringify(line).slice(0, 300));
    return `\n${this.#who} said:\n${[...last, this.text.slice(-2000)].join('\n')}`;
  }

  #read(text: string): void {
    const parts = (this.#rest + text).split('\n');
    this.#rest = parts.pop() as string;
    for (const part of parts) {
      // The engine's time stands before each line: when it was printed, not when it was read here.
      const [stamp = '', ...words] = part.split(' ');
      const content = words.join(' ');
      if (content.startsWith('{"'))
        this.lines.push({ ...(JSON.parse(content) as Line), at: Date.parse(stamp) });
      else this.text += `${content}\n`;
    }
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
