/** The files of code that documents name are there, and so is what their links lead to. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const ROOT = new URL('../../', import.meta.url);
const PAGES = [
  ...['ARCHITECTURE.md', 'CONTRIBUTING.md', 'README.md', 'README.zh.md'],
  ...readdirSync(new URL('docs/', ROOT), { recursive: true })
    .map((name) => `docs/${String(name).replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('.md')),
];

/** Every file of code, as its path from the root with a slash before it. */
const files = ['packages', 'test', 'scripts']
  .flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, ROOT), { recursive: true }).map(
      (name) => `/${folder}/${String(name).replaceAll('\\', '/')}`,
    ),
  )
  .filter((name) => /\.(ts|tsx|mjs)$/.test(name) && !/\/(node_modules|dist)\//.test(name));

/** `core/optim/…` stands for `packages/core/src/optim/…`. */
const isThere = (named: string): boolean =>
  files.some((file) => file.endsWith(`/${named}`) || file.replace('/src/', '/').endsWith(`/${named}`));

test.each(PAGES)('%s names files that are there', (page) => {
  const text = readFileSync(new URL(page, ROOT), 'utf8');
  const named = [...text.matchAll(/`([\w./-]+\.(?:ts|tsx|mjs))`/g)].map(([, file = '']) => file);
  expect(named.filter((file) => !isThere(file))).toEqual([]);
});

test.each(PAGES)('%s links to what is there', (page) => {
  const url = new URL(page, ROOT);
  const links = [...readFileSync(url, 'utf8').matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)].map(
    ([, to = '']) => to,
  );
  const within = links.filter((to) => !/^[a-z]+:/.test(to));
  expect(within.filter((to) => !existsSync(new URL(to, url)))).toEqual([]);
});
