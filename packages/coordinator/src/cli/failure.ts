/** What is printed when a command cannot do what it was asked: a sentence, and a stack trace only for defects. */
import { ModelError, SpecError } from '@shoal/core';
import { UserError } from '../errors.ts';

/** Errors of these names carry a whole sentence for the person, wherever in the packages they come from. */
const SENTENCES: ReadonlySet<string> = new Set([
  'UserError',
  'SpecError',
  'ModelError',
  'DataError',
  'IdxError',
  'BlockError',
  'CheckpointError',
  'ReferenceFileError',
]);

/** Prints the failure to stderr, and as a line to stdout with `--json`. @returns the exit code */
export function reportFailure(error: unknown, json: boolean): 1 | 2 {
  const expected = isForThePerson(error);
  const message = expected ? error.message : defectText(error);
  if (json) process.stdout.write(`${JSON.stringify({ type: 'error', message })}\n`);
  process.stderr.write(`${message}\n`);
  if (!expected && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  return expected ? 2 : 1;
}

function isForThePerson(error: unknown): error is Error {
  if (error instanceof UserError || error instanceof SpecError || error instanceof ModelError) return true;
  // The splits, the augmenter and the step updater answer impossible requests with RangeErrors that are sentences.
  if (error instanceof RangeError) return /\.$/.test(error.message);
  return error instanceof Error && SENTENCES.has(error.name);
}

function defectText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return `Something went wrong that should not: ${text}. This is a defect in Shoal; please report it with what follows.`;
}
