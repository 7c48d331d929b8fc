/** `shoal train` and `shoal serve`: a new run, or a coordinator on which runs are started from its page. */
import { compileModel } from '@shoal/core';
import { UserError } from '../../errors.ts';
import { planRun, type RunPlan } from '../../run/preparation/plan.ts';
import { out } from '../../terminal/terminal.ts';
import { isCluster } from '../clusterOptions.ts';
import { serveCluster } from '../clusterRuns.ts';
import { loadData } from '../dataFromOptions.ts';
import { initialFromOptions } from '../initialFromOptions.ts';
import type { DataOptions, InitialOptions, RunFileOptions, RunOptions, SpecOptions } from '../options.ts';
import { holdingRunFile, rememberRun, unfinishedRun } from '../runFile.ts';
import { runToEnd } from '../runToEnd.ts';
import { serveRuns } from '../serveRuns.ts';
import { specFromOptions } from '../specFromOptions.ts';
import { resume } from './resume.ts';

type NewRunOptions = SpecOptions & InitialOptions & DataOptions & RunOptions & RunFileOptions;

export async function train(options: NewRunOptions, defaultPreset: string): Promise<number> {
  const initial = await initialFromOptions(options.initial, options.out);
  const written = await specFromOptions(options, defaultPreset, initial);
  if (options.initial !== undefined) await initial.of(written);
  if (options.printConfig === true) {
    compileModel(written.model);
    out.json(written, 2);
    return 0;
  }
  const plan = (): Promise<RunPlan> =>
    planRun(written, {
      load: (data, fitting) => loadData(data, options, { mayStandIn: true, fitting }),
      initial: initial.of,
    });
  if (isCluster(options)) {
    refuseRunFile(options);
    return serveCluster(options, await plan());
  }
  return holdingRunFile(options.runFile, () => trainWith(plan, options));
}

function refuseRunFile({ runFile }: RunFileOptions): void {
  if (runFile)
    throw new UserError('A cluster remembers its run itself: leave --run-file out with --cluster.');
}

async function trainWith(
  plan: () => Promise<RunPlan>,
  options: DataOptions & RunOptions & RunFileOptions,
): Promise<number> {
  const { runFile } = options;
  const unfinished = runFile ? await unfinishedRun(runFile, options.out) : null;
  // What the command line says of the run counts for a new one only: a run's spec never changes.
  if (unfinished !== null) return resume(unfinished, options);
  const { spec, dataSet, notices, initial } = await plan();
  return runToEnd({
    start: { type: 'new', spec, dataSet, initial },
    spec,
    options,
    notices,
    onOpen: async (runId) => {
      if (runFile) await rememberRun(runFile, runId);
    },
  });
}

/** `shoal serve`: with a spec as `train`; without one the operator starts runs on the page. */
export async function serve(options: NewRunOptions): Promise<number> {
  const { preset, config, set = [], seed, printConfig, initial, initialLayers, freeze } = options;
  const isSpecified =
    preset !== undefined ||
    config !== undefined ||
    set.length > 0 ||
    seed !== undefined ||
    printConfig === true ||
    initial !== undefined ||
    initialLayers !== undefined ||
    freeze === true;
  if (isSpecified) return train(options, 'mnist-cnn');
  if (isCluster(options)) {
    refuseRunFile(options);
    return serveCluster(options, null);
  }
  return holdingRunFile(options.runFile, () => serveRuns(options));
}
