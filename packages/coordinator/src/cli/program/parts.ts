/** What the commands' definitions share. */

/** Where Commander's own results end up: every command sets its exit code here. */
export type Finish = (code: Promise<number> | number) => Promise<void>;

export const WORDS_ARE_SEEN =
  'Whoever can list the processes of this machine sees the words of a command, and a shell remembers them. A link or a\n' +
  'token is kept from both by standard input or a file.';

export const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  npx --no ${line}`).join('\n')}\n`;
