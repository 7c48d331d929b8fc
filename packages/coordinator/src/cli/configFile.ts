/** Reads what somebody wrote in a JSON or YAML file, within bounds. */
import { readFile } from 'node:fs/promises';
import { reasonOf } from '@shoal/core';
import { parse, YAMLParseError } from 'yaml';
import { UserError } from '../errors.ts';
import { decodeText } from '../files/textFile.ts';

/** In characters: longer ones are no specs, and parsing them takes long. */
const CONFIG_LENGTH_MAX = 1_048_576;
/** Uses of aliases in a YAML file, each counted with what it stands for. */
const ALIASES_MAX = 100;
/** Brackets that are open at a time, in a text that is yet to be parsed. */
const BRACKETS_MAX = 200;
/** Characters before the content of a line: indentation, and lists within lists that begin on one line. */
const INDENTATION_MAX = 400;

/** What sentences call the file, what it holds, and where it is named. */
export type ConfigKind = { readonly what: string; readonly of: string; readonly asked: string };

/** Not checked yet. @throws UserError */
export async function readConfig(file: string, { what, of, asked }: ConfigKind): Promise<unknown> {
  const name = `The ${what} ${file}`;
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const why = reasonOf(error);
    throw new UserError(`${name} cannot be read (${why}): name a JSON or YAML file ${asked}.`);
  }
  const text = decodeText(bytes, name);
  if (text.length > CONFIG_LENGTH_MAX) {
    throw new UserError(
      `${name} has ${text.length} characters, more than the ${CONFIG_LENGTH_MAX} of any ${of}: name a file that holds a ${of}.`,
    );
  }
  if (nestsTooDeep(text)) throw tooDeep(name);
  try {
    // YAML reads JSON too, and says where it stumbles. Aliases stand for what they name, of which there is little in a spec.
    return parse(text, { maxAliasCount: ALIASES_MAX });
  } catch (error) {
    throw unreadable(name, of, error);
  }
}

/**
 * Whether parsing would take up the stack, as far as can be seen without parsing: the parser calls itself for each level,
 * and where the stack ends in the middle of a regular expression V8 ends the process. Brackets in quotes count as well.
 */
function nestsTooDeep(text: string): boolean {
  let brackets = 0;
  for (const character of text) {
    if (character === '[' || character === '{') brackets += 1;
    else if ((character === ']' || character === '}') && brackets > 0) brackets -= 1;
    if (brackets > BRACKETS_MAX) return true;
  }
  return new RegExp(`^[ \\t?:-]{${INDENTATION_MAX + 1}}`, 'm').test(text);
}

const tooDeep = (name: string): UserError =>
  new UserError(`${name} nests too deep to be read: write lists and objects less deep.`);

/** Whatever ends the parser is in the text: its own error, nesting that takes up the stack, aliases that multiply. */
function unreadable(name: string, of: string, error: unknown): UserError {
  if (
    error instanceof RangeError ||
    (error instanceof YAMLParseError && error.code === 'RESOURCE_EXHAUSTION')
  ) {
    return tooDeep(name);
  }
  if (error instanceof YAMLParseError) {
    const at = error.linePos?.[0];
    const place = at === undefined ? '' : ` at line ${at.line}, column ${at.col}`;
    return new UserError(`${name} is not valid JSON or YAML${place}: ${error.message.split('\n')[0]}.`);
  }
  const why = reasonOf(error);
  return new UserError(
    `${name} cannot be taken as a ${of} (${why}): write out what its aliases (*name) stand for.`,
  );
}
