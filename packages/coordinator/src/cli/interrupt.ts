/**
 * What ends a process from outside: Ctrl-C, SIGTERM, and SIGHUP when its terminal is closed. The first asks for an
 * orderly end; another Ctrl-C or SIGTERM ends at once. A process that is meant to outlive its terminal goes on.
 */
import { constants } from 'node:os';
import type { FactOf } from '@shoal/core';
import { reasonToGoOn } from './hangup.ts';

/**
 * A second signal within this time is the same one: npm passes on what the terminal has sent to us already, and a
 * terminal that closes sends several.
 */
const SAME_SIGNAL_MS = 1_000;

export type EndSignal = FactOf<'interrupted'>['signal'];

/** Why the run or the coordinator ends. */
export const endReason = (signal: EndSignal): FactOf<'interrupted'> => ({ type: 'interrupted', signal });

/** By custom: 130 for SIGINT, 143 for SIGTERM, 129 for SIGHUP. */
export const exitCodeOf = (signal: EndSignal): number => 128 + constants.signals[signal];

/** Found at the start: what shows it may be gone with the terminal. */
let whyItGoesOn: string | null = null;

/** Called first: from then on, whatever command it carries out, a process that is meant to outlive its terminal does. */
export function outliveTerminal(): void {
  whyItGoesOn = reasonToGoOn();
  if (whyItGoesOn !== null) process.on('SIGHUP', () => {});
}

/** Whether the end of the terminal is none of this process's. */
export const outlivesTerminal = (): boolean => whyItGoesOn !== null;

export class Interrupt {
  #signal: EndSignal | null = null;
  #askedAt = 0;
  #listener: (signal: EndSignal) => void;
  readonly #onHangup: (fact: FactOf<'terminalClosed'>) => void;
  readonly #handlers = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map(
    (signal) => [signal, () => this.#handle(signal)] as const,
  );

  /** `onHangup` is told when the terminal is gone and the process goes on. */
  constructor(onInterrupt: (signal: EndSignal) => void, onHangup: (fact: FactOf<'terminalClosed'>) => void) {
    this.#listener = onInterrupt;
    this.#onHangup = onHangup;
    for (const [signal, handler] of this.#handlers) process.on(signal, handler);
  }

  #handle(signal: EndSignal): void {
    if (signal === 'SIGHUP' && whyItGoesOn !== null) {
      this.#onHangup({ type: 'terminalClosed', why: whyItGoesOn });
      return;
    }
    if (this.#signal === null) {
      this.#signal = signal;
      this.#askedAt = performance.now();
      this.#listener(signal);
    } else if (signal !== 'SIGHUP' && performance.now() - this.#askedAt > SAME_SIGNAL_MS) {
      process.exit(exitCodeOf(signal));
    }
  }

  /** The first signal that asked for an end; null as long as none has. */
  get signal(): EndSignal | null {
    return this.#signal;
  }

  /** From now on the first signal calls this instead; at once when one has come already. */
  redirect(onInterrupt: (signal: EndSignal) => void): void {
    if (this.#signal === null) this.#listener = onInterrupt;
    else onInterrupt(this.#signal);
  }

  release(): void {
    for (const [signal, handler] of this.#handlers) process.off(signal, handler);
  }
}
