/** Secrets that were given as words of the command line, where every user of a machine can read them. */

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
