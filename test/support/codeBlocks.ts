/** The code in the project's pages, so that tests can hold it to the packages. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export type CodeBlock = {
  /** The page, relative to the checkout, and the line of the block's first line of code. */
  readonly place: string;
  readonly page: string;
  readonly code: string;
  /** The text that the page says it prints; null when it says nothing. */
  readonly prints: string | null;
};

const BLOCK = /^```(?:js|ts)\n(.*?)^```$(?:\n\n(?:It prints:\n\n)?```(?:text)?\n(.*?)^```$)?/gms;

/** The blocks of JavaScript and TypeScript in a page. */
export async function codeBlocksOf(root: string, page: string): Promise<CodeBlock[]> {
  const text = await readFile(join(root, page), 'utf8');
  return [...text.matchAll(BLOCK)].map((match) => ({
    page,
    place: `${page}:${text.slice(0, match.index).split('\n').length + 1}`,
    code: match[1] as string,
    prints: match[2] ?? null,
  }));
}

/** README.md, the pages under docs, and the READMEs of the packages. */
export async function pagesOf(root: string): Promise<string[]> {
  const docs = (await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md'));
  const packages = await readdir(join(root, 'packages'));
  return [
    'README.md',
    ...docs.map((name) => `docs/${name}`),
    ...packages.map((name) => `packages/${name}/README.md`),
  ];
}
