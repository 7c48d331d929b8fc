/** A process of the load test, started and spoken to by its parent. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const ANSWER_MS_MAX = 60_000;

/** A child that answers messages by type. */
export class Part {
  #child;
  #heard = [];
  #wake = () => {};
  exited;

  constructor(file, options, execArgv = []) {
    this.#child = fork(fileURLToPath(new URL(file, import.meta.url)), [JSON.stringify(options)], {
      execArgv,
    });
    this.#child.on('message', (message) => {
      this.#heard.push(message);
      this.#wake();
    });
    this.exited = new Promise((resolve) => this.#child.once('exit', resolve));
  }

  async hear(type, waitMs) {
    const deadline = performance.now() + waitMs;
    for (;;) {
      const at = this.#heard.findIndex((message) => message.type === type);
      if (at >= 0) return this.#heard.splice(at, 1)[0];
      const leftMs = deadline - performance.now();
      if (leftMs <= 0 || this.#child.exitCode !== null) {
        throw new Error(`A part of the load test did not say "${type}" within ${waitMs / 1000} s.`);
      }
      await new Promise((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, Math.min(leftMs, 1_000));
      });
    }
  }

  say(message) {
    if (this.#child.connected) this.#child.send(message);
  }

  measure() {
    this.say('measure');
    return this.hear('measured', ANSWER_MS_MAX);
  }

  async end(waitMs) {
    if (this.#child.exitCode !== null) return;
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), waitMs);
    if (this.#child.connected) this.#child.disconnect();
    await this.exited;
    clearTimeout(timer);
  }
}
