/** `docs/guarantees.md` names the test of each promise; each must be there under that name. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const ROOT = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/guarantees.md', ROOT), 'utf8');
/** A file, and the title of a test in it where one is quoted. */
const references = [...page.matchAll(/`((?:packages|test)\/[^`]+)`(?:\s+\("([^"]+)"\))?/g)];

test('every promise names tests', () => {
  const promises = page.split(/^## \d+\. /m).slice(1);
  expect(promises.length).toBeGreaterThan(5);
  for (const promise of promises) expect(promise).toMatch(/\*\*Held by\*\* `(packages|test)\//);
});

test.each(references.map(([, file = '', title]) => [file, title]))('%s is there: %s', (file, title) => {
  const url = new URL(file as string, ROOT);
  expect(existsSync(url)).toBe(true);
  if (title !== undefined) expect(readFileSync(url, 'utf8')).toContain(title);
});
