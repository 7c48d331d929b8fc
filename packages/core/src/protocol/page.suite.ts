/** docs/protocol.md as tests read it. */
import { readFileSync } from 'node:fs';

export const page = readFileSync(new URL('../../../../docs/protocol.md', import.meta.url), 'utf8');

/** The text under a heading, up to the next one of the same rank or a higher one. */
export function section(heading: string): string {
  const start = page.indexOf(`\n${heading}\n`);
  if (start < 0) throw new Error(`docs/protocol.md has no heading "${heading}".`);
  const rank = heading.indexOf(' ');
  const rest = page.slice(start + heading.length + 2);
  const end = rest.search(new RegExp(`^#{1,${rank}} `, 'm'));
  return end < 0 ? rest : rest.slice(0, end);
}

/** The rows of the tables in a text, as cells without back quotes; rows whose first cell is no `name` are left out. */
export function rows(text: string): string[][] {
  return [...text.matchAll(/^\| (`.*)\|$/gm)].map((row) =>
    (row[1] ?? '').split('|').map((cell) => cell.trim().replaceAll('`', '')),
  );
}
