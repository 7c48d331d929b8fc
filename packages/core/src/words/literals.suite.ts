/** The texts that stand in a source file as literals, and the error that each is thrown with: for tests that read code. */

export type Literal = {
  /** Line, from 1. */
  readonly line: number;
  /** Its text; `…` where a template sets a value in. Neighbours that `+` joins are literals of their own. */
  readonly text: string;
  /** `RangeError`, where it stands within `new RangeError(…)`; the innermost such call. */
  readonly error: string | null;
};

/** Every string and template outside comments, imports and regular expressions. JSX text is not read. */
export function literalsOf(source: string): Literal[] {
  const found: Literal[] = [];
  /** What is open: `(` with the error that it constructs, `{` of code, or `$` of a value in a template. */
  const open: { readonly mark: '(' | '{' | '$'; readonly error: string | null }[] = [];
  /** Templates whose rest is still to come, innermost last. */
  const templates: { text: string; readonly line: number; readonly error: string | null }[] = [];
  let at = 0;
  let line = 1;
  let inTemplate = false;

  const errorNow = (): string | null => open.findLast(({ error }) => error !== null)?.error ?? null;
  const step = (): string => {
    const letter = source[at] ?? '';
    if (letter === '\n') line += 1;
    at += 1;
    return letter;
  };

  while (at < source.length) {
    const current = templates.at(-1);
    if (inTemplate && current !== undefined) {
      if (source.startsWith('${', at)) {
        at += 2;
        current.text += '…';
        open.push({ mark: '$', error: null });
        inTemplate = false;
        continue;
      }
      const letter = step();
      if (letter === '\\') current.text += step();
      else if (letter === '`') {
        found.push({ line: current.line, text: current.text, error: current.error });
        templates.pop();
        inTemplate = false;
      } else current.text += letter;
      continue;
    }
    if (source.startsWith('//', at)) {
      while (at < source.length && source[at] !== '\n') at += 1;
      continue;
    }
    if (source.startsWith('/*', at)) {
      while (at < source.length && !source.startsWith('*/', at)) step();
      at += 2;
      continue;
    }
    const before = source.slice(Math.max(0, at - 60), at);
    if (source[at] === '/' && /[(,=:[!&|?{};]\s*$|return\s*$/.test(before)) {
      const [whole = '/'] = /^\/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\n])+\//.exec(source.slice(at)) ?? [];
      at += whole.length;
      continue;
    }
    const startLine = line;
    const letter = step();
    if (letter === "'" || letter === '"') {
      let text = '';
      while (at < source.length && source[at] !== letter) {
        const next = step();
        text += next === '\\' ? step() : next;
      }
      at += 1;
      if (!/(?:from|import)\s*\(?\s*$/.test(before)) found.push({ line: startLine, text, error: errorNow() });
    } else if (letter === '`') {
      templates.push({ text: '', line: startLine, error: errorNow() });
      inTemplate = true;
    } else if (letter === '(') {
      const error = /new (\w*Error|Cancelled)$/.exec(before)?.[1] ?? null;
      open.push({ mark: '(', error });
    } else if (letter === '{') {
      open.push({ mark: '{', error: null });
    } else if (letter === ')' || letter === '}') {
      if (open.pop()?.mark === '$') inTemplate = true;
    }
  }
  return found;
}

/** Three words in a row, of which the last two are written small: how English is written and names are not. */
export const readsLikeEnglish = (text: string): boolean =>
  /(?:^|[^\w.-])[A-Za-z]+(?:['’]s)?[ ,:;]+(?:…[ ,:;]+)?[a-z]{2,}[ ,:;]+(?:…[ ,:;]+)?[a-z]{2,}(?:$|[^\w(=])/.test(
    text,
  );
