/** `shoal export RUN FILE`: a run's delivered model in a format that other tools read. */
import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { counted, reasonOf } from '@shoal/core';
import { UserError } from '../../errors.ts';
import { writeAtomically } from '../../files/atomicFile.ts';
import { out } from '../../terminal/terminal.ts';
import { modelFileOf, readDeliveredModel } from '../deliveredModel.ts';
import { bytes } from '../output/format.ts';

/** Each is the ending of its files as well. More will follow; each has one writer. */
export const EXPORT_FORMATS = ['safetensors'] as const;

/** An ending has a letter in it: that of digits-1.2 is none. */
const ENDING = /^\.(?=.*[a-z])\w+$/i;

/** @throws UserError when the file's name promises another format than is written */
export function checkExportName(file: string, format: string): void {
  const ending = extname(basename(file));
  if (!ENDING.test(ending) || ending.toLowerCase() === `.${format}`) return;
  const instead = `${file.slice(0, -ending.length)}.${format}`;
  throw new UserError(
    `Shoal cannot write ${ending} files. What can be written is ${EXPORT_FORMATS.join(', ')}, which PyTorch and many other ` +
      `tools read: name the file ${instead}, and convert it from there.`,
  );
}

export async function exportRun(
  runId: string,
  file: string,
  options: { readonly out: string; readonly format: string; readonly json?: boolean },
): Promise<number> {
  checkExportName(file, options.format);
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
  if (options.json === true) out.json(line);
  else out.lines(text);
  return 0;
}
