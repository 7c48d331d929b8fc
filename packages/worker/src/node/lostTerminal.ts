/**
 * Node.js puts a terminal's settings back when it ends, and aborts (SIGABRT, a core dump, exit code 134) when the terminal
 * is gone by then. What has been closed it leaves alone.
 */
import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';

/** Called at the start. From then on a process ends with its own exit code, though its terminal was closed. */
export function endWithoutTerminal(): void {
  const terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor));
  if (terminals.length === 0) return;
  process.on('exit', () => {
    for (const descriptor of terminals) if (!isatty(descriptor)) closeSync(descriptor);
  });
}
