/**
 * The one place where lines are written. What is printed is made printable here, and an output that can no longer be
 * written (its reader or its terminal is gone, its disk is full) is given up here: whoever prints goes on.
 */
import type { Writable } from 'node:stream';
import { printable, printableJson } from './printable.ts';

/** An output that takes nothing more. */
export type LostOutput = {
  /** The system's code: EPIPE, EIO, ENOSPC … */
  readonly code: string;
  /** Nobody is there to read, as opposed to a reader who gets less than was written. */
  readonly readerIsGone: boolean;
};

/** A pipe without a reader, and a terminal that was closed or taken from this process. */
const READER_GONE: ReadonlySet<string> = new Set(['EPIPE', 'EIO', 'ECONNRESET', 'ENOTCONN', 'ENXIO']);

export type LineStream = Writable & { readonly isTTY?: boolean };

export class LineWriter {
  readonly stream: LineStream;
  readonly #listeners: ((lost: LostOutput) => void)[] = [];
  #lost: LostOutput | null = null;
  #drawn = false;

  constructor(stream: LineStream) {
    this.stream = stream;
    // Stays for ever: what was written before the first failure may fail after it.
    stream.on('error', (error: NodeJS.ErrnoException) => this.#lose(error));
  }

  /** Lines without their newlines; a newline inside one is shown as a sign. */
  lines(...lines: readonly string[]): void {
    this.#write(lines.map((line) => `${printable(line)}\n`).join(''));
  }

  /** A text of several lines, all of them our own or a stack trace's. */
  text(text: string): void {
    this.lines(...text.replace(/\n$/, '').split('\n'));
  }

  /** One object as one line of JSON, or laid out for people. */
  json(value: object, indent = 0): void {
    this.#write(`${printableJson(value, indent)}\n`);
  }

  /** Replaces what was drawn before on a terminal's last line. */
  redraw(line: string): void {
    this.#write(`\r\u001b[K${printable(line)}`);
    this.#drawn = true;
  }

  /** Takes what was drawn off again. */
  clear(): void {
    if (this.#drawn) this.#write('\r\u001b[K');
    this.#drawn = false;
  }

  /** A terminal that is there: bars and codes may be drawn on its stream. */
  get isTerminal(): boolean {
    return this.stream.isTTY === true && this.#lost === null;
  }

  /** Null as long as everything could be written. */
  get lost(): LostOutput | null {
    return this.#lost;
  }

  /** Called once; at once when it has happened. */
  onLost(listener: (lost: LostOutput) => void): void {
    if (this.#lost === null) this.#listeners.push(listener);
    else listener(this.#lost);
  }

  /** Resolves when all that was written has been handed on, or is lost. */
  async flush(): Promise<void> {
    // The failure of a write that was carried out at once is told a moment later.
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#lost !== null || this.stream.writableLength === 0) return;
    await new Promise<void>((resolve) => {
      this.onLost(() => resolve());
      this.stream.write('', () => resolve());
    });
  }

  #write(text: string): void {
    if (this.#lost === null) this.stream.write(text);
  }

  #lose({ code = 'unknown' }: NodeJS.ErrnoException): void {
    if (this.#lost !== null) return;
    this.#lost = { code, readerIsGone: READER_GONE.has(code) };
    for (const listener of this.#listeners.splice(0)) listener(this.#lost);
  }
}
