/** A command in a terminal of its own, which can be closed under it as a window is. Needs `script` of util-linux. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { onTestFinished } from 'vitest';

export const hasPseudoTerminals =
  process.platform === 'linux' && /util-linux/.test(String(spawnSync('script', ['--version']).stdout ?? ''));

export class PseudoTerminal {
  /** Everything that was shown on it. */
  shown = '';
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.shown += text;
    });
  }

  /** Runs a line of `sh`. Must be called inside a test: the terminal is closed with it. */
  static open(line: string, cwd: string): PseudoTerminal {
    // An input that stays open: at its end the terminal would pass on that nothing more is typed.
    const child = spawn('script', ['-qefc', line, '/dev/null'], { cwd, stdio: ['pipe', 'pipe', 'inherit'] });
    const terminal = new PseudoTerminal(child);
    onTestFinished(() => terminal.close());
    return terminal;
  }

  /** The device goes away: the system sends SIGHUP, and what is written fails. */
  close(): void {
    this.#child.kill('SIGKILL');
  }
}
