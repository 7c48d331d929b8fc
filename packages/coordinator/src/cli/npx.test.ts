/**
 * `npx shoal` outside a checkout asks a registry for a package of that name and runs it, with all that stands behind it,
 * such as a join link. With `--no` it installs nothing. So nothing that is printed, shown or documented does without.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { resumeCommand } from './resumeCommand.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
/** Whatever options stand between, also through `npm exec`, and what a program puts together. */
const UNSAFE = /\b(npx|npm exec|pnpx|bunx)((?!\s+--no\s)\s+-\S+)*\s+(shoal\b|@shoal\/|\$\{)/;

test.each([
  ['npx shoal worker -', true],
  ['npx -y shoal train', true],
  ['npm exec shoal', true],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how it stands in a source
  ['npx ${line}', true],
  ['npx --no shoal worker -', false],
  ['npx vitest run', false],
])('%j is unsafe: %s', (text, unsafe) => {
  expect(UNSAFE.test(text)).toBe(unsafe);
});

test('nothing in the sources, the documentation and the pages can fetch a package of that name', () => {
  let files: string[];
  try {
    files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0');
  } catch {
    console.warn('Not a git checkout: the files to look at are not known.');
    return;
  }
  const written = files.filter((file) => /\.(ts|tsx|mjs|js|md|html|ya?ml|sh|json|Dockerfile)$/.test(file));
  expect(written.length).toBeGreaterThan(100);
  const unsafe = written
    .filter((file) => file !== 'CHANGELOG.md' && !file.endsWith('cli/npx.test.ts'))
    .flatMap((file) => {
      const lines = readFileSync(join(root, file), 'utf8').split('\n');
      return lines.flatMap((line, i) => (UNSAFE.test(line) ? [`${file}:${i + 1}: ${line.trim()}`] : []));
    });
  expect(unsafe).toEqual([]);
  expect(resumeCommand('r', { out: 'runs' }, 2)).toBe('npx --no shoal resume r');
});
