/**
 * Pages of other origins that were refused, told to the operator once each: most of the time it is the operator's own
 * page behind a proxy that does not pass on the host's name, and what mends that is said with it.
 */
import { type FactOf, sentence } from '@shoal/core';

/** Origins that are told one by one; whoever makes up more is told in one sentence. */
const ORIGINS_TOLD_MAX = 16;
const ORIGIN_LENGTH_MAX = 128;

export class RefusedOrigins {
  readonly #tell: (fact: FactOf<'originRefused' | 'originsUntold'>) => void;
  readonly #told = new Set<string>();
  #isFull = false;

  constructor(tell: (fact: FactOf<'originRefused' | 'originsUntold'>) => void) {
    this.#tell = tell;
  }

  /** `origin` is the header as it came. @returns what the page is told */
  post(origin: string): FactOf<'originRefused'> {
    const fact = { type: 'originRefused', origin: nameOf(origin) } as const;
    const said = sentence(fact, 'en');
    if (this.#told.has(said)) return fact;
    if (this.#told.size < ORIGINS_TOLD_MAX) {
      this.#told.add(said);
      this.#tell(fact);
    } else if (!this.#isFull) {
      this.#isFull = true;
      this.#tell({ type: 'originsUntold', origins: ORIGINS_TOLD_MAX });
    }
    return fact;
  }
}

/** As a URL names it, which is a scheme, letters, digits, dots, dashes and a port; null for what is no address. */
function nameOf(origin: string): string | null {
  if (origin.length > ORIGIN_LENGTH_MAX || !/^https?:/.test(origin) || !URL.canParse(origin)) return null;
  const name = new URL(origin).origin;
  return /^https?:\/\/[\w.:[\]-]+$/.test(name) ? name : null;
}
