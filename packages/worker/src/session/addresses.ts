/** The addresses at which a coordinator may be found, and which of them is tried. */

/** So many that were known before are kept beside those that are told anew. */
const KNOWN_MAX = 16;

/** Where a cluster leads in turn, whoever was asked first still stands for it: it may be a name in front of all. */
export class Addresses {
  readonly #first: string;
  #known: readonly string[];
  #at = 0;

  /** `first` is what the person was given. */
  constructor(first: string) {
    this.#first = first;
    this.#known = [first];
  }

  get current(): string {
    return this.#known[this.#at] ?? this.#first;
  }

  get count(): number {
    return this.#known.length;
  }

  /**
   * What a coordinator says of where others are, instead of what was said before. It is only its word: what is no plain
   * address of a server is passed over, and so is http where https was asked for.
   */
  learn(told: readonly string[]): void {
    const { current } = this;
    const usable = told.map((text) => addressOf(text, this.#first)).filter((one) => one !== null);
    // In one order, whoever tells them: each is come to in turn.
    this.#known = [...new Set([current, ...usable, this.#first])].sort();
    this.#at = this.#known.indexOf(current);
  }

  /** The same of one that does not lead, and may itself have heard of few: what was known before stays. */
  hearOf(told: readonly string[]): void {
    const known = this.#known.slice(0, KNOWN_MAX);
    this.learn([...known, ...told]);
  }

  /** The one after it, in turn. */
  next(): void {
    this.#at = (this.#at + 1) % this.#known.length;
  }
}

/** Without a slash at its end; null for what is none. */
function addressOf(text: string, first: string): string | null {
  if (!URL.canParse(text)) return null;
  const { protocol, origin, pathname, username, password, search, hash } = new URL(text);
  if (protocol !== 'https:' && (protocol !== 'http:' || first.startsWith('https:'))) return null;
  if (username !== '' || password !== '' || search !== '' || hash !== '') return null;
  return origin + pathname.replace(/\/+$/, '');
}
