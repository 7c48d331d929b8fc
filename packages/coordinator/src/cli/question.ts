/** A question before something that cannot be taken back. */
import { createInterface } from 'node:readline';
import { UserError } from '../errors.ts';
import { err } from '../terminal/terminal.ts';

/**
 * Whether whoever sits at the terminal says yes. `listed` are lines that say what it is about.
 * @throws UserError where there is nobody to ask
 */
export async function agreed(question: string, listed: readonly string[] = []): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new UserError(`${question} There is nobody here to ask: say --yes to do it.`);
  }
  err.lines(...listed, `${question} Type yes and press Enter to do it, anything else to leave it:`);
  const lines = createInterface({ input: process.stdin });
  try {
    for await (const line of lines) return line.trim().toLowerCase() === 'yes';
    return false;
  } finally {
    lines.close();
  }
}
