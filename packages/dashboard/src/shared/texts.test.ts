import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { literalsOf, readsLikeEnglish } from '../../../core/src/words/literals.suite.ts';
import type { Language, Texts } from './language.ts';

const SOURCE = fileURLToPath(new URL('../', import.meta.url));

function* filesIn(folder: string): Generator<string> {
  for (const entry of readdirSync(`${SOURCE}${folder}`, { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* filesIn(path);
    else if (/\.tsx?$/.test(entry.name) && !/\.(?:test|suite)\.ts$/.test(entry.name)) yield path;
  }
}

const all = [...filesIn('')];
const textFiles = all.filter((file) => /[tT]exts\.ts$/.test(file));

/** What a function says when its values are numbers, names, lists or records: the first that it takes. */
function saidOfSamples(entry: (...values: unknown[]) => unknown): unknown {
  let refused: unknown;
  const record = new Proxy({}, { get: () => 7 });
  for (const sample of [7, 'x7', [0.25, 0.75], record]) {
    try {
      const said = entry(...Array.from({ length: entry.length }, () => sample));
      if (!String(said).includes('undefined')) return said;
    } catch (error) {
      refused = error;
    }
  }
  throw refused ?? new Error(`It says undefined: ${entry}`);
}

/** Every entry by its path: what it says, of functions what they say of samples of their values. */
function entriesOf(value: unknown, path: string): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') {
    const said = saidOfSamples(value as (...values: unknown[]) => unknown);
    return typeof said === 'string' ? [[path, said]] : entriesOf(said, path);
  }
  return Object.entries(value as object).flatMap(([key, inner]) => entriesOf(inner, `${path}.${key}`));
}

/** What a text file exports in the chosen language: `{ en, zh }` as it stands, or functions that look it up. */
function textsOf(module: Readonly<Record<string, unknown>>, language: Language): [string, string][] {
  return Object.entries(module).flatMap(([name, value]) => {
    if (typeof value === 'function') return entriesOf(value(), name);
    const both = value as Partial<Texts<unknown>>;
    return both.en !== undefined && both.zh !== undefined ? entriesOf(both[language], name) : [];
  });
}

describe.each(textFiles)('%s', (file) => {
  const said = new Map<Language, Map<string, string>>();

  beforeAll(async () => {
    // What the page's language is kept in; a browser's, as far as it is asked.
    vi.stubGlobal('navigator', { languages: ['en'] });
    vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined });
    vi.stubGlobal('document', { documentElement: {} });
    const { language } = await import('./language.ts');
    const module = (await import(/* @vite-ignore */ `${SOURCE}${file}`)) as Readonly<Record<string, unknown>>;
    for (const chosen of ['en', 'zh'] as const) {
      language.value = chosen;
      said.set(chosen, new Map(textsOf(module, chosen)));
    }
  });

  test('says everything in both languages', () => {
    const [en, zh] = [said.get('en'), said.get('zh')];
    expect(en?.size).toBeGreaterThan(0);
    expect([...(zh?.keys() ?? [])]).toEqual([...(en?.keys() ?? [])]);
    for (const [path, text] of [...(en ?? []), ...(zh ?? [])]) {
      expect(text.trim(), path).not.toBe('');
      expect(text, path).not.toMatch(/undefined|NaN|\[object/);
    }
  });

  test('leaves no English in Chinese and no Chinese in English', () => {
    for (const [path, text] of said.get('zh') ?? [])
      expect(readsLikeEnglish(text), `${path}: ${text}`).toBe(false);
    for (const [path, text] of said.get('en') ?? []) {
      // The button that leads to the other language is written in it.
      if (!path.endsWith('.otherLanguage')) expect(text, path).not.toMatch(/[\u4e00-\u9fff]/);
    }
  });

  test('has Chinese for whatever is a word in English', () => {
    const zh = said.get('zh');
    for (const [path, text] of said.get('en') ?? []) {
      if (zh?.get(path) === text) expect(text, path).toMatch(SAME_IN_BOTH);
    }
  });
});

/** Symbols, names and abbreviations that both languages write alike. */
const SAME_IN_BOTH = /^(?:β[₁₂]|ε|L[12]|[\d\s.,%×/·–~:+-]*(?:ms|JSON|RTT|CPU|EN|[A-Za-z])?)$/;

/** What whoever programs with a file is told, and no reader of the page. */
const FOR_PROGRAMMERS = ['shared/unreachable.ts', 'standalone/main.ts', 'standalone/pictures.ts'];

test('no file but those of texts composes a sentence of the page', () => {
  const found = all
    .filter((file) => !textFiles.includes(file))
    .flatMap((file) => {
      const source = readFileSync(`${SOURCE}${file}`, 'utf8');
      const literals = literalsOf(source).filter(
        ({ text, error }) => /^(?:[A-Z]|…)/.test(text) && error !== 'Cancelled' && readsLikeEnglish(text),
      );
      const written = [...source.matchAll(/>\s*([^<>{}()=;:]+?)\s*<\//g)].filter(([, text = '']) =>
        readsLikeEnglish(text),
      );
      return [
        ...literals.map(({ line, text }) => `${file}:${line}: ${text}`),
        ...(file.endsWith('.tsx') ? written.map(([, text]) => `${file}: ${text}`) : []),
      ];
    });
  expect(found.filter((where) => !FOR_PROGRAMMERS.some((file) => where.startsWith(file)))).toEqual([]);
});
