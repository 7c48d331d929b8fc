/** `shoal export RUN FILE`: a run's delivered model in a format that other tools read. */
import { readFile } from 'node:fs/promises';
import { counted, reasonOf } from '@shoal/core';
import { UserError } from '../../errors.ts';
import { writeAtomically } from '../../run/atomicFile.ts';
import { modelFileOf, readDeliveredModel } from '../deliveredModel.ts';
import { bytes } from '../output/format.ts';

/** More will follow; each has one writer. */
export const EXPORT_FORMATS = ['safetensors'] as const;

export async function exportRun(
  runId: string,
  file: string,
  options: { readonly out: string; readonly format: string; readonly json?: boolean },
): Promise<number> {
  const source = await modelFileOf(runId, options.out);
  // Read through once, so that a damaged file is not passed on.
  const { model } = await readDeliveredModel(source);
  const content = await readFile(source);
  try {
    await writeAtomically(file, content);
  } catch (error) {
    const why = reasonOf(error);
    throw new UserError(
      `The model cannot be written to ${file} (${why}): name a file in a folder that exists.`,
    );
  }
  const line = {
    type: 'export',
    format: options.format,
    file,
    bytes: content.length,
    tensors: model.tensors.length,
  };
  const text = `Wrote ${counted(model.tensors.length, 'tensor')} (${bytes(content.length)}) to ${file}.`;
  process.stdout.write(`${options.json === true ? JSON.stringify(line) : text}\n`);
  return 0;
}
