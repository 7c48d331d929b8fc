/**
 * Reads a formula written as a line of text into a tree of MathML elements. What is written as in TeX: `_` and `^`
 * with one sign or a group in braces, `\frac{a}{b}`, `\sqrt{a}`, `\hat{a}`; `\name` is an upright word such as `\max`.
 * `\\{` and `\\}` are braces to be seen.
 * Letters are variables, digits numbers, `∑` and its kin take their limits below and above; all else are operators.
 */

export type MathNode = { readonly name: string; readonly children: readonly (MathNode | string)[] };

const element = (name: string, ...children: (MathNode | string)[]): MathNode => ({ name, children });

/** Operators that take what is written as sub- and superscript below and above themselves. */
const LARGE = new Set(['∑', '∏', 'max', 'min', 'argmin']);
const LETTER = /\p{L}/u;

class Reader {
  readonly #signs: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#signs = [...text];
  }

  /** Up to the end, or to the brace that closes the group. */
  row(): MathNode {
    const parts: MathNode[] = [];
    for (;;) {
      this.#skipSpaces();
      const next = this.#signs[this.#at];
      if (next === undefined || next === '}') break;
      parts.push(this.#scripted());
    }
    return parts.length === 1 ? (parts[0] as MathNode) : element('mrow', ...parts);
  }

  #scripted(): MathNode {
    const base = this.#one();
    let below: MathNode | null = null;
    let above: MathNode | null = null;
    for (;;) {
      const sign = this.#signs[this.#at];
      if (sign === '_' && below === null) {
        this.#at += 1;
        below = this.#argument();
      } else if (sign === '^' && above === null) {
        this.#at += 1;
        above = this.#argument();
      } else break;
    }
    if (below === null && above === null) return base;
    const isLarge = LARGE.has(String(base.children[0]));
    if (below !== null && above !== null) {
      return element(isLarge ? 'munderover' : 'msubsup', base, below, above);
    }
    if (below !== null) return element(isLarge ? 'munder' : 'msub', base, below);
    return element(isLarge ? 'mover' : 'msup', base, above as MathNode);
  }

  #argument(): MathNode {
    this.#skipSpaces();
    return this.#signs[this.#at] === '{' ? this.#group() : this.#one();
  }

  #group(): MathNode {
    this.#at += 1;
    const inside = this.row();
    this.#at += 1;
    return inside;
  }

  #one(): MathNode {
    const sign = this.#signs[this.#at] as string;
    if (sign === '{') return this.#group();
    if (sign === '\\') return this.#command();
    if (/[0-9]/.test(sign)) return element('mn', this.#while(/[0-9.]/));
    this.#at += 1;
    return LETTER.test(sign) ? element('mi', sign) : element('mo', sign);
  }

  #command(): MathNode {
    this.#at += 1;
    const name = this.#while(/[a-z]/i);
    if (name === '') {
      const sign = this.#signs[this.#at] as string;
      this.#at += 1;
      return element('mo', sign);
    }
    switch (name) {
      case 'frac':
        return element('mfrac', this.#argument(), this.#argument());
      case 'sqrt':
        return element('msqrt', this.#argument());
      case 'hat':
        return element('mover', this.#argument(), element('mo', '^'));
      default:
        return element(LARGE.has(name) ? 'mo' : 'mi', name);
    }
  }

  #while(pattern: RegExp): string {
    let text = '';
    while (this.#at < this.#signs.length && pattern.test(this.#signs[this.#at] as string)) {
      text += this.#signs[this.#at];
      this.#at += 1;
    }
    return text;
  }

  #skipSpaces(): void {
    while (this.#signs[this.#at] === ' ') this.#at += 1;
  }
}

export const parseFormula = (text: string): MathNode => new Reader(text).row();
