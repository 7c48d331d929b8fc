/** The command line that continues a stopped run where it is. */
import { join } from 'node:path';
import type { RunOptions } from './options.ts';
import { defaultWorkers } from './values.ts';

export function resumeCommand(
  runId: string,
  options: { readonly out: string } & Partial<Pick<RunOptions, 'workers' | 'threads'>>,
  workersByDefault: number = defaultWorkers(),
): string {
  const { out, workers = workersByDefault, threads = 1 } = options;
  // Names of older runs may begin with a dash, which would be read as an option.
  if (runId.startsWith('-')) {
    return resumeCommand(pathOf(out, runId), { ...options, out: 'runs' }, workersByDefault);
  }
  const words = ['npx --no shoal resume', quoted(runId)];
  if (out !== 'runs') words.push('--out', quoted(out));
  if (workers !== workersByDefault) words.push('--workers', String(workers));
  if (threads !== 1) words.push('--threads', String(threads));
  return words.join(' ');
}

const pathOf = (out: string, runId: string): string => {
  const path = join(out, runId);
  return path.startsWith('-') ? `./${path}` : path;
};

/** Double quotes are understood by every platform's shell. */
const quoted = (word: string): string => (/^[\w./\\:-]+$/.test(word) ? word : `"${word}"`);
