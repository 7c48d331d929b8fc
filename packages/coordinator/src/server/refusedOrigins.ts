/**
 * Pages of other origins that were refused, told to the operator once each: most of the time it is the operator's own
 * page behind a proxy that does not pass on the host's name, and what mends that is said with it.
 */

/** Origins that are told one by one; whoever makes up more is told in one sentence. */
const ORIGINS_TOLD_MAX = 16;
const ORIGIN_LENGTH_MAX = 128;

export class RefusedOrigins {
  readonly #tell: (message: string) => void;
  readonly #told = new Set<string>();

  constructor(tell: (message: string) => void) {
    this.#tell = tell;
  }

  /** `origin` is the header as it came. @returns the sentence for the page */
  post(origin: string): string {
    const name = nameOf(origin);
    const sentence = name === null ? ANOTHER : refusal(name);
    if (this.#told.has(sentence)) return sentence;
    if (this.#told.size < ORIGINS_TOLD_MAX) {
      this.#told.add(sentence);
      this.#tell(sentence);
    } else if (this.#told.size === ORIGINS_TOLD_MAX) {
      this.#told.add(MORE);
      this.#tell(MORE);
    }
    return sentence;
  }
}

const ANOTHER =
  'A page without an origin, such as a file or a sandboxed frame, may not speak to the coordinator.';
const MORE = `Pages of more than ${ORIGINS_TOLD_MAX} origins were refused; further ones are not told.`;

const refusal = (origin: string): string =>
  `A page at ${origin} was refused, because the coordinator does not know that address as its own. If others reach it there (a proxy may not pass on the header Host), start it with --public-url ${origin} and the path, if there is one; to let the pages of another site in, with --allow-origin ${origin}.`;

/** As a URL names it, which is a scheme, letters, digits, dots, dashes and a port; null for what is no address. */
function nameOf(origin: string): string | null {
  if (origin.length > ORIGIN_LENGTH_MAX || !/^https?:/.test(origin) || !URL.canParse(origin)) return null;
  const name = new URL(origin).origin;
  return /^https?:\/\/[\w.:[\]-]+$/.test(name) ? name : null;
}
