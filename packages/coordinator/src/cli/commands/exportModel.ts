/** `shoal export RUN FILE`: a run's delivered model in a format that other tools read, or its curves. */
import { mkdir, readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { counted, exportOnnx, exportPyTorch, reasonOf } from '@shoal/core';
import { UserError } from '../../errors.ts';
import { writeAtomically } from '../../files/atomicFile.ts';
import { findRun } from '../../run/folder/findRun.ts';
import { readRun, runFiles } from '../../run/folder/runFolder.ts';
import { readSteps } from '../../run/folder/stepFile.ts';
import { curvesCsv } from '../../run/report/curvesCsv.ts';
import { out } from '../../terminal/terminal.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../choices.ts';
import { type DeliveredModel, modelFileOf, readDeliveredModel } from '../deliveredModel.ts';
import { bytes } from '../output/format.ts';
import { webPageFiles } from './webPage.ts';

/** What becomes of a model: one file, or the files of a folder by their names. */
type Exported = Uint8Array | ReadonlyMap<string, Uint8Array | string>;

type Format = {
  /** Of its files; null for a folder. */
  readonly ending: string | null;
  readonly write: (
    model: DeliveredModel,
    content: Uint8Array,
    options: { readonly prepare: boolean },
  ) => Exported | Promise<Exported>;
};

const WEIGHTS = 'model.safetensors';

/** A format of the run itself and not of its model, which it has before it has ended. */
const CURVES = 'csv' satisfies ExportFormat;

const FORMATS: Readonly<Record<Exclude<ExportFormat, typeof CURVES>, Format>> = {
  safetensors: { ending: '.safetensors', write: (_, content) => content },
  onnx: {
    ending: '.onnx',
    write: ({ model, parameters, dataSet }, _, { prepare }) =>
      exportOnnx(model, parameters, { dataSet, prepares: prepare }),
  },
  pytorch: {
    ending: null,
    write: ({ model, dataSet }, content) =>
      new Map<string, Uint8Array | string>([
        ['model.py', exportPyTorch(model, dataSet, WEIGHTS)],
        [WEIGHTS, content],
      ]),
  },
  web: { ending: null, write: (model, content) => webPageFiles(model, content) },
};

const endingOf = (format: ExportFormat): string | null =>
  format === CURVES ? '.csv' : FORMATS[format].ending;

/** An ending has a letter in it: that of digits-1.2 is none. */
const ENDING = /^\.(?=.*[a-z])\w+$/i;

/**
 * The format: the one that is asked for, else the one that the file's name ends in.
 * @throws UserError when the file's name promises another format than is written
 */
export function exportFormat(file: string, asked: ExportFormat | undefined): ExportFormat {
  const found = extname(basename(file));
  const ending = ENDING.test(found) ? found.toLowerCase() : null;
  const byName = EXPORT_FORMATS.find((name) => endingOf(name) === ending && ending !== null);
  if (asked === undefined && byName !== undefined) return byName;
  if (asked === undefined && ending === '.py') {
    throw new UserError(
      `PyTorch needs two files, model.py and ${WEIGHTS}: name a folder for them, such as "${file.slice(0, -found.length)} --format pytorch".`,
    );
  }
  const format = asked ?? 'safetensors';
  const wanted = endingOf(format);
  if (ending === null || ending === wanted) return format;
  if (wanted === null) return format;
  const instead = `${file.slice(0, -found.length)}${wanted}`;
  throw new UserError(
    asked === undefined
      ? `Shoal cannot write ${found} files. What can be written is .safetensors, which PyTorch and many other tools read, .onnx, ` +
          `and with --format pytorch or --format web a folder: name the file ${file.slice(0, -found.length)}.safetensors, and convert it from there.`
      : `${file} does not end as files of the format ${format} do: name it ${instead}.`,
  );
}

export async function exportRun(
  runId: string,
  file: string,
  options: {
    readonly out: string;
    readonly format?: ExportFormat;
    readonly prepare?: boolean;
    readonly json?: boolean;
  },
): Promise<number> {
  const format = exportFormat(file, options.format);
  if (options.prepare === true && format !== 'onnx') {
    throw new UserError(
      `--prepare is for onnx: ${format} has the preparation of inputs beside the model. Leave it out.`,
    );
  }
  if (format === CURVES) return exportCurves(runId, file, options);
  const source = await modelFileOf(runId, options.out);
  // Read through once, so that a damaged file is not passed on.
  const delivered = await readDeliveredModel(source);
  const content = await readFile(source);
  const exported = await FORMATS[format].write(delivered, content, {
    prepare: options.prepare === true,
  });
  const written = exported instanceof Uint8Array ? new Map([[file, exported]]) : inFolder(file, exported);
  try {
    if (!(exported instanceof Uint8Array)) await mkdir(file, { recursive: true });
    for (const [path, one] of written) await writeAtomically(path, one);
  } catch (error) {
    const why = reasonOf(error);
    throw new UserError(
      `The model cannot be written to ${file} (${why}): name a file in a folder that exists.`,
    );
  }
  const total = [...written.values()].reduce((sum, one) => sum + Buffer.byteLength(one), 0);
  const { length: tensors } = delivered.model.tensors;
  const line = { type: 'export', format, file, bytes: total, tensors, files: [...written.keys()] };
  const into = written.size === 1 ? file : `${counted(written.size, 'file')} in ${file}`;
  if (options.json === true) out.json(line);
  else out.lines(`Wrote ${counted(tensors, 'tensor')} (${bytes(total)}) to ${into}.`);
  return 0;
}

async function exportCurves(
  name: string,
  file: string,
  options: { readonly out: string; readonly json?: boolean },
): Promise<number> {
  const { runsFolder, runId } = await findRun(name, options.out);
  const { folder, spec, epochs } = await readRun(runsFolder, runId);
  const steps = (await readSteps(runFiles(folder).steps)).after(0);
  const table = curvesCsv(spec, steps, epochs);
  await writeAtomically(file, table).catch((error: unknown) => {
    const why = reasonOf(error);
    throw new UserError(
      `The curves cannot be written to ${file} (${why}): name a file in a folder that exists.`,
    );
  });
  const counts = { steps: steps.globalStep.length, epochs: epochs.length };
  const line = { type: 'export', format: CURVES, file, bytes: Buffer.byteLength(table), ...counts };
  if (options.json === true) out.json(line);
  else out.lines(`Wrote ${counted(counts.steps, 'step')} and ${counted(counts.epochs, 'epoch')} to ${file}.`);
  return 0;
}

const inFolder = (folder: string, files: ReadonlyMap<string, Uint8Array | string>) =>
  new Map([...files].map(([name, content]) => [join(folder, name), content]));
