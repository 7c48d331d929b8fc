/**
 * Chinese sentences are put together with this tag: where a value is set in, a space stands between it and its
 * neighbour if one of the two is Chinese and the other Latin or a number, and none between Chinese and Chinese or after
 * Chinese punctuation. So a phrase may begin either way.
 */

const HAN = /[\u3400-\u9fff]/;
const WIDE = /[\u3000-\u303f\uff00-\uffef]/;

export function zh(literals: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return values.reduce<string>(
    (text, value, index) => joined(joined(text, String(value)), literals[index + 1] ?? ''),
    literals[0] ?? '',
  );
}

function joined(left: string, right: string): string {
  const [before, after] = [left.trimEnd(), right.trimStart()];
  const [a, b] = [before.at(-1), after.at(0)];
  if (a === undefined || b === undefined) return left + right;
  if (WIDE.test(a) || WIDE.test(b) || (HAN.test(a) && HAN.test(b))) return before + after;
  if (HAN.test(a) || HAN.test(b)) return `${before} ${after}`;
  return left + right;
}
