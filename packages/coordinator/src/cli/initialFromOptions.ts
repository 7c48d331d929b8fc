/** From `--initial` to the file of the model that a run begins with, and how its spec names it. */
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { checkInitialSha256, type RunSpec } from '@shoal/core';
import { UserError } from '../errors.ts';
import { diskFiles } from '../files/diskFiles.ts';
import { InitialModels, sha256Of } from '../run/folder/initialModels.ts';
import { runFiles } from '../run/folder/runFolder.ts';
import { modelFileOf } from './deliveredModel.ts';
import { bytes as shownBytes } from './output/format.ts';

/** What a process can read at once. */
const FILE_BYTES_MAX = 2 ** 31 - 1;
/** What a spec may call a file. */
const NAME_MAX = 200;

export type InitialSource = {
  /** The fields of a spec, as somebody wrote them, with the model that they begin with named by its hash. */
  readonly named: (fields: unknown) => Promise<unknown>;
  /** The file that the spec names; null where it names none. @throws CheckpointError when it is not found, or is another file */
  readonly of: (spec: RunSpec) => Promise<Uint8Array | null>;
};

/** @throws UserError when the file or run that `--initial` names cannot be read */
export async function initialFromOptions(initial: string | undefined, out: string): Promise<InitialSource> {
  const models = new InitialModels({ files: diskFiles, runsFolder: out });
  if (initial === undefined)
    return { named: (fields) => models.named(fields), of: (spec) => models.of(spec) };
  const file = await modelFileOf(initial, out);
  const bytes = await readWhole(file);
  const sha256 = sha256Of(bytes);
  const from = await nameOf(file);
  return {
    named: async (fields) => {
      // Whatever is no spec is refused as such.
      if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return fields;
      const written = (fields as { readonly initial?: unknown }).initial;
      // A hash that is written stays, so that another file than that one is refused.
      return { ...fields, initial: { sha256, ...(typeof written === 'object' && written), from } };
    },
    of: async (spec) => {
      checkInitialSha256(spec, sha256);
      return spec.initial === undefined ? null : bytes;
    },
  };
}

async function readWhole(file: string): Promise<Uint8Array> {
  const unread = (error: Error): never => {
    throw new UserError(`The model ${file} cannot be read (${error.message}). Name another with --initial.`);
  };
  const { size } = await stat(file).catch(unread);
  if (size > FILE_BYTES_MAX) {
    throw new UserError(
      `The model ${file} has ${shownBytes(size)}, more than the ${shownBytes(FILE_BYTES_MAX)} that a run can begin with. Name another with --initial.`,
    );
  }
  return readFile(file).catch(unread);
}

/** The run whose model it is, that run and its checkpoint, or the file's own name: never where it lies. */
async function nameOf(file: string): Promise<string> {
  const folder = dirname(resolve(file));
  const owner = basename(folder) === 'checkpoints' ? dirname(folder) : folder;
  const isOfRun = await stat(runFiles(owner).run).then(
    (entry) => entry.isFile(),
    () => false,
  );
  const name = basename(file);
  if (!isOfRun) return name.slice(-NAME_MAX);
  return (owner === folder ? basename(owner) : `${basename(owner)}/checkpoints/${name}`).slice(-NAME_MAX);
}
