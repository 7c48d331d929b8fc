/** The addresses at which a coordinator may be found, and which of them is tried. */

/** So many that were known before are kept beside those that are told by one that stands by. */
const KNOWN_MAX = 16;
/** So many that nobody names any more are tried after all others: one that slept may lead once it is awake. */
const FORMER_MAX = 4;

/** Where a cluster leads in turn, whoever was asked first still stands for it: it may be a name in front of all. */
export class Addresses {
  readonly #first: string;
  /** What was told last. */
  #told: readonly string[];
  /** What was told before, the latest first. */
  #former: readonly string[] = [];
  #at = 0;

  /** `first` is what the person was given. */
  constructor(first: string) {
    this.#first = first;
    this.#told = [first];
  }

  get #known(): readonly string[] {
    return [...this.#told, ...this.#former];
  }

  get current(): string {
    return this.#known[this.#at] ?? this.#first;
  }

  get count(): number {
    return this.#known.length;
  }

  /**
   * What a coordinator says of where others are; what was said before comes after that. It is only its word: what is no
   * plain address of a server is passed over, and so is http where https was asked for.
   */
  learn(told: readonly string[]): void {
    const { current } = this;
    const before = this.#known;
    const usable = told.map((text) => addressOf(text, this.#first)).filter((one) => one !== null);
    // In one order, whoever tells them: each is come to in turn.
    this.#told = [...new Set([current, ...usable, this.#first])].sort();
    this.#former = before.filter((one) => !this.#told.includes(one)).slice(0, FORMER_MAX);
    this.#at = this.#told.indexOf(current);
  }

  /** The same of one that does not lead, and may itself have heard of few: what was told before stays among them. */
  hearOf(told: readonly string[]): void {
    this.learn([...this.#told.slice(0, KNOWN_MAX), ...told]);
  }

  /** The one after it, in turn. */
  next(): void {
    this.#at = (this.#at + 1) % this.count;
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
