/**
 * The models that runs begin with: found by the name of a run in the same folder, and kept as a file in the folder of the run
 * that begins with it.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { CheckpointError, checkInitialSha256, type InitialSpec, type RunSpec, shortHash } from '@shoal/core';
import { UserError } from '../../errors.ts';
import type { KeptFiles } from '../../files/keptFiles.ts';
import { type RunRecord, runFiles } from './runFolder.ts';

/** SHA-256, 64 hexadecimal digits. */
export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** What stands in a run's folder of the model that it began with; null where its spec names none. @throws UserError */
export async function keptInitial(
  files: KeptFiles,
  { folder, spec }: Pick<RunRecord, 'folder' | 'spec'>,
): Promise<Uint8Array | null> {
  if (spec.initial === undefined) return null;
  const file = runFiles(folder).initial;
  const bytes = await files.read(file).catch((error: Error) => {
    throw new UserError(
      `The model that the run begins with, ${file}, cannot be read (${error.message}). Mend its permissions, or put the file back.`,
    );
  });
  if (bytes === null) {
    throw new UserError(`The model that the run begins with is not in ${file}. Put the file back.`);
  }
  try {
    checkInitialSha256(spec, sha256Of(bytes));
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    throw new UserError(`${file} is damaged: ${error.message}`);
  }
  return bytes;
}

/** Names of runs have no dots and slashes: what somebody sends is no path. */
const RUN_NAME = /^[A-Za-z0-9-]{1,128}$/;
/** Of what was asked for, so much is said again. */
const NAME_SHOWN = 128;

export type InitialModelsOptions = {
  readonly files: KeptFiles;
  readonly runsFolder: string;
  /** A run that began with the file of this hash, and so has it in its folder; null where none is known. */
  readonly begunWith?: (sha256: string) => Promise<string | null>;
};

type Found = { readonly sha256: string; readonly bytes: Uint8Array };

export class InitialModels {
  readonly #options: InitialModelsOptions;
  /** A form asks for the same one again and again. */
  #last: Found | null = null;

  constructor(options: InitialModelsOptions) {
    this.#options = options;
  }

  /** How a spec names the model of this run. @throws CheckpointError when there is none */
  async ofRun(runId: string): Promise<Pick<InitialSpec, 'sha256' | 'from'>> {
    const { sha256 } = await this.#modelOf(runId);
    return { sha256, from: runId };
  }

  /**
   * The fields of a spec as somebody wrote them, where `initial.from` alone names a run: with the hash of its model.
   * @throws CheckpointError when there is no such run, or it has none
   */
  async named(input: unknown): Promise<unknown> {
    if (!isRecord(input)) return input;
    const initial = await this.#namedInitial(input.initial);
    return initial === input.initial ? input : { ...input, initial };
  }

  /** The same for a sweep, in its base and where it varies with what its trials begin. @throws CheckpointError */
  async namedSweep(input: unknown): Promise<unknown> {
    if (!isRecord(input)) return input;
    const { base, vary } = input;
    const named = base === undefined ? {} : { base: await this.named(base) };
    if (!isRecord(vary) || !Array.isArray(vary.initial)) return { ...input, ...named };
    const initial = await Promise.all(vary.initial.map((one: unknown) => this.#namedInitial(one)));
    return { ...input, ...named, vary: { ...vary, initial } };
  }

  async #namedInitial(initial: unknown): Promise<unknown> {
    if (!isRecord(initial) || initial.sha256 !== undefined) return initial;
    const { from } = initial;
    return typeof from === 'string' && from !== '' ? { ...initial, ...(await this.ofRun(from)) } : initial;
  }

  /** The file that the spec names; null where it names none. @throws CheckpointError when it is not found */
  async of({ initial }: Pick<RunSpec, 'initial'>): Promise<Uint8Array | null> {
    if (initial === undefined) return null;
    const { sha256, from } = initial;
    const isLast = this.#last?.sha256 === sha256;
    const found = isLast ? this.#last : ((await this.#byName(initial)) ?? (await this.#besideARun(sha256)));
    if (found !== null) {
      this.#last = found;
      return found.bytes;
    }
    const { runsFolder: folder } = this.#options;
    throw new CheckpointError({
      type: 'initialFileUnknown',
      sha256: shortHash(sha256),
      from,
      folder,
    });
  }

  /** Null where the run of this name has another model, or none. */
  async #byName({ sha256, from }: InitialSpec): Promise<Found | null> {
    const found = await this.#modelOf(from).catch(() => null);
    return found?.sha256 === sha256 ? found : null;
  }

  async #besideARun(sha256: string): Promise<Found | null> {
    const { files, runsFolder, begunWith } = this.#options;
    const runId = (await begunWith?.(sha256)) ?? null;
    if (runId === null) return null;
    const bytes = await files.read(runFiles(join(runsFolder, runId)).initial).catch(() => null);
    return bytes !== null && sha256Of(bytes) === sha256 ? { sha256, bytes } : null;
  }

  async #modelOf(runId: string): Promise<Found> {
    const { files, runsFolder } = this.#options;
    const { run, model } = runFiles(join(runsFolder, runId));
    const isName = RUN_NAME.test(runId);
    const bytes = isName ? await files.read(model).catch(() => null) : null;
    if (bytes !== null) return { sha256: sha256Of(bytes), bytes };
    const isThere = isName && (await files.read(run).catch(() => null)) !== null;
    throw new CheckpointError(
      isThere
        ? { type: 'initialRunUnfinished', run: runId }
        : { type: 'initialRunUnknown', run: runId.slice(0, NAME_SHOWN), folder: runsFolder },
    );
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
