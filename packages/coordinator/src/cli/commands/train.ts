/** `shoal train` and `shoal serve`: a new run, with or without workers on this machine. */
import { checkModelFitsData, compileModel, fitSpecToData } from '@shoal/core';
import { loadData } from '../dataFromOptions.ts';
import type { DataOptions, RunFileOptions, RunOptions, SpecOptions } from '../options.ts';
import { rememberRun, unfinishedRun } from '../runFile.ts';
import { runToEnd } from '../runToEnd.ts';
import { specFromOptions } from '../specFromOptions.ts';
import { resume } from './resume.ts';

export async function train(
  options: SpecOptions & DataOptions & RunOptions & RunFileOptions,
  defaultPreset: string,
): Promise<number> {
  const written = await specFromOptions(options, defaultPreset);
  // Layers that do not fit are told before any data is fetched for them.
  compileModel(written.model);
  if (options.printConfig === true) {
    process.stdout.write(`${JSON.stringify(written, null, 2)}\n`);
    return 0;
  }
  const { runFile } = options;
  const unfinished = runFile ? await unfinishedRun(runFile, options.out) : null;
  // What the command line says of the run counts for a new one only: a run's spec never changes.
  if (unfinished !== null) return resume(unfinished, options);
  const loaded = await loadData(written.data, options);
  const { info } = loaded.dataSet;
  const { spec, notices } = fitSpecToData(written, info);
  checkModelFitsData(compileModel(spec.model), info);
  return runToEnd({
    start: { type: 'new', spec, dataSet: loaded.dataSet },
    options,
    notices: [...loaded.notices, ...notices],
    onOpen: async (runId) => {
      if (runFile) await rememberRun(runFile, runId);
    },
  });
}
