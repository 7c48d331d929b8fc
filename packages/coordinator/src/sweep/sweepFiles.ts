/** Sweeps as they lie in the folder of runs: `sweep-NAME.json`, what somebody wrote; their trials are runs beside it. */
import { join } from 'node:path';
import { isSweepName, type RunSpec, reasonOf, resolveSweep, type Sweep } from '@shoal/core';
import { UserError } from '../errors.ts';
import { type KeptFiles, readText } from '../files/keptFiles.ts';
import { placed, specFromFields } from '../run/preparation/specFromFields.ts';

const fileOf = (runsFolder: string, name: string): string => join(runsFolder, `sweep-${name}.json`);

/** @throws SpecError or UserError, whose messages are sentences */
export const sweepOf = (input: unknown): Sweep => resolveSweep(input, specOfBase);

function specOfBase(base: string | object): RunSpec {
  const fields = typeof base === 'string' ? { preset: base } : base;
  try {
    return specFromFields(fields, { base: null, source: 'sweep.base' });
  } catch (error) {
    throw placed(error, 'base');
  }
}

/** @throws UserError when it cannot be written */
export async function keepSweep(
  files: KeptFiles,
  runsFolder: string,
  name: string,
  input: unknown,
): Promise<void> {
  const file = fileOf(runsFolder, name);
  try {
    await files.make(runsFolder);
    await files.replace(file, `${JSON.stringify(input, null, 2)}\n`);
  } catch (error) {
    throw new UserError(`The sweep cannot be written to ${file} (${reasonOf(error)}). Choose another --out.`);
  }
}

/** Null without one of this name. @throws UserError when it cannot be read */
export async function readSweep(files: KeptFiles, runsFolder: string, name: string): Promise<Sweep | null> {
  if (!isSweepName(name)) return null;
  const file = fileOf(runsFolder, name);
  const text = await readText(files, file);
  if (text === null) return null;
  try {
    return sweepOf(JSON.parse(text));
  } catch (error) {
    throw new UserError(`The sweep ${file} cannot be read (${reasonOf(error)}). Restore it, or remove it.`);
  }
}

/** In the order of their names. */
export async function sweepNames(files: KeptFiles, runsFolder: string): Promise<readonly string[]> {
  const { files: names } = await files.list(runsFolder).catch(() => ({ files: [] }));
  return names.map((name) => /^sweep-(.+)\.json$/.exec(name)?.[1] ?? '').filter((name) => isSweepName(name));
}
