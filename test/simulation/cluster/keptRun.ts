/** What a cluster keeps of the run, as a simulated coordinator reads and writes it. */
import { join } from 'node:path';
import type { KeptFiles } from '@shoal/coordinator/simulation';
import { decodeCheckpoint, KERNEL_BUILD, specSha256 } from '@shoal/core';
import type { KeptInSimulation } from '../disk.ts';
import type { Workbench } from '../workbench.ts';

export const ROOT = 'cluster/simulated';
export const RUN = 'run-1';

export class KeptRun implements KeptInSimulation {
  readonly #files: KeptFiles;
  readonly #kept: (step: number) => void;
  readonly #content: Map<string, Uint8Array>;
  readonly #owner: Parameters<typeof decodeCheckpoint>[1];
  readonly durable: string[] = [];

  private constructor(
    files: KeptFiles,
    kept: (step: number) => void,
    content: Map<string, Uint8Array>,
    { model, spec }: Workbench,
  ) {
    this.#owner = { model, specSha256: specSha256(spec), kernels: KERNEL_BUILD };
    this.#files = files;
    this.#kept = kept;
    this.#content = content;
  }

  /** @param kept the state after so many steps was said to be kept */
  static async open(files: KeptFiles, kept: (step: number) => void, bench: Workbench): Promise<KeptRun> {
    const content = new Map<string, Uint8Array>();
    for (const name of (await files.list(join(ROOT, RUN))).files) {
      const bytes = await files.read(join(ROOT, RUN, name));
      if (bytes !== null) content.set(name, bytes);
    }
    return new KeptRun(files, kept, content, bench);
  }

  get names(): string[] {
    return [...this.#content.keys()];
  }

  read(file: string): Uint8Array | null {
    return this.#content.get(file) ?? null;
  }

  async write(file: string, content: Uint8Array): Promise<void> {
    await this.#files.replace(join(ROOT, RUN, file), content);
    if (file === 'last') this.#kept(decodeCheckpoint(content, this.#owner).progress.globalStep);
  }

  remove(file: string): Promise<void> {
    return this.#files.remove(join(ROOT, RUN, file));
  }

  crash(): void {}
}
