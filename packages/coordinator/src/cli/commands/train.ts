/** `shoal train` and `shoal serve`: a new run, with or without workers on this machine. */
import { checkModelFitsData, compileModel, fitSpecToData } from '@shoal/core';
import { loadData } from '../dataFromOptions.ts';
import type { DataOptions, RunOptions, SpecOptions } from '../options.ts';
import { runToEnd } from '../runToEnd.ts';
import { specFromOptions } from '../specFromOptions.ts';

export async function train(
  options: SpecOptions & DataOptions & RunOptions,
  defaultPreset: string,
): Promise<number> {
  const written = await specFromOptions(options, defaultPreset);
  // Layers that do not fit are told before any data is fetched for them.
  compileModel(written.model);
  if (options.printConfig === true) {
    process.stdout.write(`${JSON.stringify(written, null, 2)}\n`);
    return 0;
  }
  const loaded = await loadData(written.data, options);
  const { info } = loaded.dataSet;
  const { spec, notices } = fitSpecToData(written, info);
  checkModelFitsData(compileModel(spec.model), info);
  return runToEnd({
    start: { type: 'new', spec, dataSet: loaded.dataSet },
    options,
    notices: [...loaded.notices, ...notices],
  });
}
