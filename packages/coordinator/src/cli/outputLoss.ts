/**
 * What becomes of a command whose output cannot be written any more. A run, a coordinator and a worker go on: they were
 * not started for what they print. Whatever else only prints ends, since nobody would get the rest.
 */
import { type FactOf, sentence } from '@shoal/core';
import type { LostOutput } from '../terminal/lineWriter.ts';
import { err, out } from '../terminal/terminal.ts';

/** Keeps it where it can be found afterwards; null for a command that only prints. */
let noteOf: ((fact: FactOf<'outputLost'>) => void) | null = null;

/** From now on this process goes on when its output is lost. */
export function goOnWithoutReader(note: (fact: FactOf<'outputLost'>) => void): void {
  noteOf = note;
}

/** Called first. */
export function watchOutput(): void {
  out.onLost((lost) => {
    if (noteOf === null) return endCommand(lost);
    const { code, readerIsGone } = lost;
    const fact = { type: 'outputLost', code, readerIsGone } as const;
    err.lines(sentence(fact, 'en'));
    noteOf(fact);
  });
}

function endCommand({ code, readerIsGone }: LostOutput): void {
  // `shoal … | head`: who has read enough has got all that was wanted.
  if (readerIsGone) process.exit(0);
  err.lines(
    `The output cannot be written (${code}), so that it is not complete. Free some space, or send it elsewhere.`,
  );
  process.exit(1);
}

/** Waits for what is being written. @returns the exit code that is true: an output with holes is no success */
export async function outputsToTheEnd(code: number): Promise<number> {
  await out.flush();
  await err.flush();
  return code === 0 && out.lost !== null && !out.lost.readerIsGone ? 1 : code;
}
