/** What a table of wordings is: a whole sentence for every type of fact of a subject. */
import type { Fact } from '../facts/fact.ts';

export type Language = 'en' | 'zh';

export type Wording<F extends Fact> = {
  readonly [T in F['type']]: (fact: Extract<F, { readonly type: T }>) => string;
};

/** Looks the fact's type up and calls its entry. */
export function worded<F extends Fact>(table: Wording<F>, fact: F): string {
  // The entry found under a fact's own type takes that fact; the compiler cannot follow this through the union.
  const entry = table[fact.type as F['type']] as (fact: F) => string;
  return entry(fact);
}

/** The sentence of what another program has told, a newer one perhaps; null where this table does not know it. */
export function wordedIfKnown<F extends Fact>(
  table: Wording<F>,
  told: Readonly<Record<string, unknown>>,
): string | null {
  const { type } = told;
  if (typeof type !== 'string' || !Object.hasOwn(table, type)) return null;
  try {
    return worded(table, told as unknown as F);
  } catch {
    // One of this type that lacks what its sentence needs.
    return null;
  }
}

/** Several as one text; null where one of them is not known, or there is none. */
export function wordedTogether<F extends Fact>(
  table: Wording<F>,
  told: readonly Readonly<Record<string, unknown>>[],
  language: Language,
): string | null {
  const said = told.map((one) => wordedIfKnown(table, one));
  return said.includes(null) || said.length === 0 ? null : said.join(language === 'zh' ? '' : ' ');
}
