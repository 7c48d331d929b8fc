/** A secret from standard input: it then stands in no list of processes and in no shell's history. */
import { createInterface } from 'node:readline';
import { UserError } from '../errors.ts';
import { err } from '../terminal/terminal.ts';

/** The name of standard input where a file or a link is expected. */
export const STANDARD_INPUT = '-';

/** The first line. On a terminal the person is asked for `what`. @throws UserError when there is none */
export async function lineOfStandardInput(what: string): Promise<string> {
  if (process.stdin.isTTY) err.lines(`Paste ${what} and press Enter:`);
  const lines = createInterface({ input: process.stdin });
  const line = await new Promise<string>((resolve) => {
    lines.once('line', resolve);
    lines.once('close', () => resolve(''));
  });
  lines.close();
  // Read no further, so that the process can end by itself.
  process.stdin.destroy();
  if (line.trim() !== '') return line.trim();
  throw new UserError(`Standard input holds nothing: pass ${what} on it, or name a file that holds it.`);
}
