/** Whether a tab computes with its graphics processor: what the person wants, what there is, and what was measured. */
import type { Device, GpuView } from './hubMessages.ts';
import type { GpuReport } from './slotMessages.ts';

export type FoundGpu = { readonly name: string; readonly isPlayed: boolean };

export class GpuChoice {
  #found: FoundGpu | null = null;
  #device: Device = 'auto';
  #isLost = false;
  #isSlower = false;
  #isMeasured = false;
  /** The run that takes no engine of a graphics processor. */
  #exactRun: string | null = null;

  found(gpu: FoundGpu | null): void {
    this.#found = gpu;
  }

  want(device: Device): void {
    this.#device = device;
    this.#isLost = false;
    this.#isSlower = false;
    this.#isMeasured = false;
  }

  /** Whether to offer it to a coordinator. */
  get isOffered(): boolean {
    const { state } = this.view;
    return state === 'used' || state === 'measuring';
  }

  /** @returns whether a session that offered it must give way to one that does not */
  welcomed(runId: string, engine: string): boolean {
    if (this.isOffered) {
      if (engine !== 'webgpu') this.#exactRun = runId;
      return engine !== 'webgpu';
    }
    if (this.#exactRun !== runId) this.#exactRun = null;
    return false;
  }

  /** The run for which nothing was offered may be over: the next one is asked anew. */
  runEnded(): void {
    this.#exactRun = null;
  }

  /** @returns whether the session must give way, as above; `threads` are those of the processor that would compute instead */
  reported(report: GpuReport, threads: number): boolean {
    this.#isMeasured = true;
    if (report.type === 'lost') this.#isLost = true;
    else this.#isSlower = this.#device !== 'gpu' && report.threadMs / threads < report.gpuMs;
    return this.#isLost || this.#isSlower;
  }

  get view(): GpuView {
    const name = this.#found?.name ?? null;
    const state = (): GpuView['state'] => {
      if (this.#found === null) return 'none';
      if (this.#device === 'processor') return 'notWanted';
      if (this.#isLost) return 'lost';
      if (this.#found.isPlayed && this.#device !== 'gpu') return 'played';
      if (this.#exactRun !== null) return 'exactRun';
      if (this.#isSlower) return 'slower';
      return this.#isMeasured ? 'used' : 'measuring';
    };
    return { name, state: state() };
  }
}
