/** Events that strangers can cause, each kind told at once and then at most once in a while with how often it happened. */

const QUIET_MS = 10_000;

export class NoticeBoard {
  readonly #tell: (message: string) => void;
  readonly #clock: () => number;
  /** By the sentence, of which there are only as many as there are limits. */
  readonly #told = new Map<string, { at: number; since: number }>();

  constructor(options: { readonly tell: (message: string) => void; readonly clock: () => number }) {
    this.#tell = options.tell;
    this.#clock = options.clock;
  }

  /** `message` is one of a closed set of sentences: it names no address and nothing that a stranger has chosen. */
  post(message: string): void {
    const now = this.#clock();
    const last = this.#told.get(message);
    if (last !== undefined && now - last.at < QUIET_MS) {
      last.since += 1;
      return;
    }
    const more =
      last === undefined || last.since === 0 ? '' : ` (${last.since} more times since it was last told)`;
    this.#told.set(message, { at: now, since: 0 });
    this.#tell(`${message}${more}`);
  }
}
