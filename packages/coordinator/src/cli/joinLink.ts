/** The join link of `shoal worker`: from standard input, a file, or the command line itself. */
import { readFile } from 'node:fs/promises';
import { UserError } from '../errors.ts';
import { lineOfStandardInput, STANDARD_INPUT } from './standardInput.ts';

/** @throws UserError when there is none, or there are two */
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
    throw new UserError(`The link file ${file} cannot be read (${error.message}).`);
  });
  const link = text.trim();
  if (link !== '' && !/\s/.test(link)) return link;
  throw new UserError(
    `The file ${file} holds no link: it must be one line, the join link that the coordinator printed.`,
  );
}
