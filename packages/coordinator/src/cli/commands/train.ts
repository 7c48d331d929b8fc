/** `shoal train` and `shoal serve`: a new run, or a coordinator on which runs are started from its page. */
import { compileModel, type RunSpec } from '@shoal/core';
import { UserError } from '../../errors.ts';
import { planRun } from '../../run/preparation/plan.ts';
import { out } from '../../terminal/terminal.ts';
import { isCluster } from '../clusterOptions.ts';
import { serveCluster } from '../clusterRuns.ts';
import { loadData } from '../dataFromOptions.ts';
import type { DataOptions, RunFileOptions, RunOptions, SpecOptions } from '../options.ts';
import { holdingRunFile, rememberRun, unfinishedRun } from '../runFile.ts';
import { runToEnd } from '../runToEnd.ts';
import { serveRuns } from '../serveRuns.ts';
import { specFromOptions } from '../specFromOptions.ts';
import { resume } from './resume.ts';

export async function train(
  options: SpecOptions & DataOptions & RunOptions & RunFileOptions,
  defaultPreset: string,
): Promise<number> {
  const written = await specFromOptions(options, defaultPreset);
  if (options.printConfig === true) {
    compileModel(written.model);
    out.json(written, 2);
    return 0;
  }
  if (isCluster(options)) return trainInCluster(written, options);
  return holdingRunFile(options.runFile, () => trainWith(written, options));
}

async function trainInCluster(
  written: RunSpec,
  options: DataOptions & RunOptions & RunFileOptions,
): Promise<number> {
  refuseRunFile(options);
  const planned = await planRun(written, (data, fitting) =>
    loadData(data, options, { mayStandIn: true, fitting }),
  );
  return serveCluster(options, planned);
}

function refuseRunFile({ runFile }: RunFileOptions): void {
  if (runFile)
    throw new UserError('A cluster remembers its run itself: leave --run-file out with --cluster.');
}

async function trainWith(
  written: RunSpec,
  options: DataOptions & RunOptions & RunFileOptions,
): Promise<number> {
  const { runFile } = options;
  const unfinished = runFile ? await unfinishedRun(runFile, options.out) : null;
  // What the command line says of the run counts for a new one only: a run's spec never changes.
  if (unfinished !== null) return resume(unfinished, options);
  const { spec, dataSet, notices } = await planRun(written, (data, fitting) =>
    loadData(data, options, { mayStandIn: true, fitting }),
  );
  return runToEnd({
    start: { type: 'new', spec, dataSet },
    spec,
    options,
    notices,
    onOpen: async (runId) => {
      if (runFile) await rememberRun(runFile, runId);
    },
  });
}

/** `shoal serve`: with a spec as `train`; without one the operator starts runs on the page. */
export async function serve(
  options: SpecOptions & DataOptions & RunOptions & RunFileOptions,
): Promise<number> {
  const { preset, config, set = [], seed, printConfig } = options;
  const isSpecified =
    preset !== undefined ||
    config !== undefined ||
    set.length > 0 ||
    seed !== undefined ||
    printConfig === true;
  if (isSpecified) return train(options, 'mnist-cnn');
  if (isCluster(options)) {
    refuseRunFile(options);
    return serveCluster(options, null);
  }
  return holdingRunFile(options.runFile, () => serveRuns(options));
}
