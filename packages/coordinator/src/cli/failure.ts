/** What is printed when a command cannot do what it was asked: a sentence, and a stack trace only for defects. */
import { reasonOf } from '@shoal/core';
import { isForThePerson } from '../errors.ts';
import { err, out } from '../terminal/terminal.ts';

/** Prints the failure to stderr, and as a line to stdout with `--json`. @returns the exit code */
export function reportFailure(error: unknown, json: boolean): 1 | 2 {
  const expected = isForThePerson(error);
  const message = expected ? error.message : defectText(error);
  if (json) out.json({ type: 'error', message });
  err.lines(message);
  if (!expected && error instanceof Error) err.text(error.stack ?? '');
  return expected ? 2 : 1;
}

function defectText(error: unknown): string {
  const text = reasonOf(error);
  return `Something went wrong that should not: ${text}. This is a defect in Shoal; please report it with what follows.`;
}
