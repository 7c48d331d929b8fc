/** What pages and workers may have of the current run as bytes: its parameters, and the blocks of its data set. */
import type { Welcome } from '@shoal/core';
import type { ActiveRun } from '../run/activeRun.ts';
import { ControlError, type RunBytesControl, type SharedBytes } from '../server/coordinatorControl.ts';
import type { Coordinator } from './coordinator.ts';

export class RunBytes implements RunBytesControl {
  readonly #coordinator: Pick<Coordinator, 'current'>;
  /** The last copy of the parameters that somebody asked for. */
  #parameters: { readonly key: string; readonly bytes: Uint8Array<ArrayBuffer> } | null = null;

  constructor(coordinator: Pick<Coordinator, 'current'>) {
    this.#coordinator = coordinator;
  }

  parameters(): SharedBytes & { readonly runId: string; readonly globalStep: number } {
    const run = this.#coordinator.current;
    if (run === null) throw new ControlError('noData', 'There is no run whose parameters could be had.');
    const { runId } = run.record;
    const { version, globalStep } = run.state.progress;
    const key = `parameters ${runId} ${version}`;
    return { runId, globalStep, key, make: () => this.#bytesOf(run, key) };
  }

  /** Copied once per version, since the vector changes in place. */
  #bytesOf(run: ActiveRun, key: string): Uint8Array<ArrayBuffer> {
    if (this.#parameters?.key !== key) {
      const { buffer } = run.parameters();
      this.#parameters = { key, bytes: new Uint8Array(buffer as ArrayBuffer) };
    }
    return this.#parameters.bytes;
  }

  manifests(): { readonly runId: string; readonly manifests: Welcome['data'] } {
    const run = this.#coordinator.current;
    if (run === null) throw new ControlError('noData', 'There is no run whose data could be had.');
    return { runId: run.record.runId, manifests: run.blocks.manifests };
  }

  isShown(sha256: string): boolean {
    return this.#coordinator.current?.blocks.isShown(sha256) ?? false;
  }

  async block(
    sha256: string,
    mayPack: boolean,
    isWork: boolean,
  ): Promise<(SharedBytes & { readonly packed: boolean }) | null> {
    const blocks = this.#coordinator.current?.blocks;
    if (blocks === undefined || !blocks.has(sha256)) return null;
    const packed = mayPack ? await blocks.packed(sha256) : null;
    if (isWork) blocks.bytesFetched += packed?.length ?? blocks.lengthOf(sha256);
    if (packed !== null) return { key: `packed block ${sha256}`, make: () => packed, packed: true };
    return { key: `block ${sha256}`, make: () => blocks.get(sha256), packed: false };
  }
}
