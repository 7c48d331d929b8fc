/**
 * What went wrong on somebody's page, as an entry of the log. Whoever may watch can send anything here, so it is cut,
 * stripped of what would steer a terminal, quoted, and told so often at most.
 */
import { type FactOf, printable, type Role } from '@shoal/core';
import * as v from 'valibot';
import { Allowance } from '../access/allowance.ts';
import type { AccessLimits } from '../limits/limits.ts';

/** Characters of a message, and of the place in the program, that are shown. */
const SHOWN_MAX = 240;

export const pageErrorBody = v.strictObject({
  /** Which part of the page it was. */
  card: v.pipe(v.string(), v.regex(/^[a-z-]{1,32}$/)),
  message: v.string(),
  /** Where in the program, if that is known. */
  at: v.nullable(v.string()),
});

export type PageError = v.InferOutput<typeof pageErrorBody>;

type Limits = Pick<AccessLimits, 'pageErrorsMax' | 'attemptsWindowMs'>;

export class PageErrors {
  readonly #tell: (fact: FactOf<'pageFailed'>) => void;
  readonly #clock: () => number;
  readonly #allowance: Allowance;
  #untold = 0;

  constructor(options: {
    readonly limits: Limits;
    readonly tell: (fact: FactOf<'pageFailed'>) => void;
    readonly clock: () => number;
  }) {
    const { limits, tell, clock } = options;
    this.#tell = tell;
    this.#clock = clock;
    this.#allowance = new Allowance({
      perSecond: (1000 * limits.pageErrorsMax) / limits.attemptsWindowMs,
      most: limits.pageErrorsMax,
      now: clock(),
    });
  }

  /** @returns whether it was told; beyond the limit it is only counted */
  post(role: Role, { card, message, at }: PageError): boolean {
    if (!this.#allowance.spend(this.#clock())) {
      this.#untold += 1;
      return false;
    }
    const more = this.#untold;
    this.#untold = 0;
    const place = at === null ? null : quoted(at);
    this.#tell({ type: 'pageFailed', card, role, problem: quoted(message), at: place, more });
    return true;
  }
}

/** As a text in quotation marks, in which nothing ends them. */
function quoted(text: string): string {
  const start = text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
  return JSON.stringify(printable(start.replaceAll(/\s+/g, ' ').trim()));
}
