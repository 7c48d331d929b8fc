/** Keeps the screen on, if asked and where the browser can: phones stop a tab when the screen goes dark. */

type Sentinel = { release(): Promise<void> };
export type WakeLockHost = { readonly wakeLock?: { request(kind: 'screen'): Promise<Sentinel> } };

export class ScreenLock {
  readonly #host: WakeLockHost;
  #wanted = false;
  #held: Sentinel | null = null;

  constructor(host: WakeLockHost) {
    this.#host = host;
  }

  want(wanted: boolean): void {
    this.#wanted = wanted;
    if (wanted) void this.renew();
    else void this.#release();
  }

  /** A lock ends when the tab is hidden; called again when it is seen. A refusal (a low battery) is no failure. */
  async renew(): Promise<void> {
    if (!this.#wanted || document.hidden) return;
    try {
      this.#held = (await this.#host.wakeLock?.request('screen')) ?? null;
    } catch {
      this.#held = null;
    }
    if (!this.#wanted) await this.#release();
  }

  async #release(): Promise<void> {
    const held = this.#held;
    this.#held = null;
    await held?.release();
  }
}
