/** The command line that continues a stopped run where it is. */
import type { RunOptions } from './options.ts';
import { defaultWorkers } from './values.ts';

export function resumeCommand(
  runId: string,
  options: Pick<RunOptions, 'out' | 'workers' | 'threads'>,
  workersByDefault: number = defaultWorkers(),
): string {
  const words = ['npx shoal resume', runId];
  if (options.out !== 'runs') words.push('--out', quoted(options.out));
  if (options.workers !== workersByDefault) words.push('--workers', String(options.workers));
  if (options.threads !== 1) words.push('--threads', String(options.threads));
  return words.join(' ');
}

/** Double quotes are understood by every platform's shell. */
const quoted = (word: string): string => (/^[\w./\\:-]+$/.test(word) ? word : `"${word}"`);
