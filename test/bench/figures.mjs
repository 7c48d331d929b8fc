/** How measurements are summed up and written into `docs/benchmarks.md` and the README, between markers. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

export const whole = (number) => Math.round(number).toLocaleString('en-US');

/** `1.25 × (1.10 to 1.31)`: the median, the least and the greatest, each by `format`. */
export const spread = (list, format) =>
  `${format(median(list))} (${format(Math.min(...list))} to ${format(Math.max(...list))})`;

export const times = (ratio) => `${ratio.toFixed(2)} ×`;

/** What else the machine was doing before it was asked for more. */
const loadBefore = loadavg()[0] ?? 0;

/** By which command, on what machine. */
export const origin = (command) =>
  `Measured on ${new Date().toISOString().slice(0, 10)} by \`${command}\`: ${cpus()[0]?.model ?? 'unknown processor'}, ` +
  `${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${process.platform} ${release()}, Node.js ${process.versions.node}; ` +
  `other work on the machine at the start (load average): ${loadBefore.toFixed(1)}.`;

/** Puts the lines between the markers of this name, and prints them; with `isTrial` only prints them. */
export function publish(name, lines, { isTrial, page = 'docs/benchmarks.md' }) {
  process.stdout.write(`${lines.join('\n')}\n`);
  if (isTrial) return;
  const file = join(ROOT, page);
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const text = readFileSync(file, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has no place for ${name}.`);
  writeFileSync(file, `${text.slice(0, from + begin.length)}\n${lines.join('\n')}\n${text.slice(to)}`);
}
