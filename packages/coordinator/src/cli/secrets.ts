/** Secrets that a command is given: on its command line, where others can read them, from a file, or on standard input. */
import { readFile } from 'node:fs/promises';
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

/** The join link of `shoal worker`. @throws UserError when there is none, or there are two */
export async function joinLink(word: string | undefined, file: string | undefined): Promise<string> {
  if (word !== undefined && file !== undefined) {
    throw new UserError('The link was given twice: as a word and by --link-file. Give one of them.');
  }
  if (word === STANDARD_INPUT) return lineOfStandardInput('the join link');
  if (word !== undefined) return word;
  if (file === undefined) {
    throw new UserError(
      'shoal worker needs to know LINK: write - to be asked for it, or name a file with --link-file. See "shoal worker --help".',
    );
  }
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new UserError(
      `The link file ${file} cannot be read (${error.message}). Name another with --link-file.`,
    );
  });
  const link = text.trim();
  if (link !== '' && !/\s/.test(link)) return link;
  throw new UserError(
    `The file ${file} holds no link: it must be one line, the join link that the coordinator printed.`,
  );
}

/**
 * Takes the words off the list of processes, where the system lets a process do that. Those of a parent such as npx
 * stay, and so do the shell's history and a moment at the start: a file or standard input is better.
 */
export function hideSecrets(args: readonly string[]): void {
  const isSecret = (word: string): boolean => word.includes('#') || /^--token(=|$)/.test(word);
  if (!args.some(isSecret)) return;
  const command = args.find((word) => /^[a-z]+$/.test(word)) ?? '';
  process.title = `shoal ${command} (its other words are hidden)`;
}
