/** A process that answers one JSON line for each it is sent. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ROOT } from './figures.mjs';

export class Contestant {
  /** @param file in `contestants/` */
  constructor(file, { command = process.execPath, env = process.env } = {}) {
    const path = fileURLToPath(new URL(`./contestants/${file}`, import.meta.url));
    this.process = spawn(command, [path], { cwd: ROOT, env, stdio: ['pipe', 'pipe', 'inherit'] });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }

  /** @returns what it says, with `problem` where it could not be measured */
  async ask(question) {
    this.process.stdin.write(`${JSON.stringify(question)}\n`);
    for (;;) {
      const { value, done } = await this.lines.next();
      if (done) return { problem: 'it ended' };
      if (value.startsWith('{')) return JSON.parse(value);
    }
  }

  end() {
    this.process.stdin.end();
  }
}
