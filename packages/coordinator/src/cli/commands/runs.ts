/** `shoal runs list` and `shoal runs show RUN`: what lies in the folder of runs. */
import { counted } from '@shoal/core';
import { listRuns, type RunRecord, readRun } from '../../run/runFolder.ts';
import { columns, percent } from '../output/format.ts';
import { epochText, layerNormsText, resultText } from '../output/reportText.ts';
import { resumeCommand } from '../resumeCommand.ts';

type Options = { readonly out: string; readonly json?: boolean };

export async function listAllRuns(options: Options): Promise<number> {
  const runs = await listRuns(options.out);
  if (options.json === true) {
    for (const run of runs) process.stdout.write(`${JSON.stringify(summary(run))}\n`);
    return 0;
  }
  if (runs.length === 0) {
    process.stdout.write(`There are no runs in ${options.out} yet: start one with "npx shoal train".\n`);
    return 0;
  }
  const rows = runs.map((run) => {
    const { state, epochs, testAccuracy, dataSet } = summary(run);
    const accuracy = testAccuracy === null ? '' : `test ${percent(testAccuracy)}`;
    return [run.runId, state, `${epochs}/${counted(run.spec.epochs, 'epoch')}`, dataSet, accuracy];
  });
  process.stdout.write(`${columns(rows)}\n`);
  return 0;
}

export async function showRun(runId: string, options: Options): Promise<number> {
  const run = await readRun(options.out, runId);
  if (options.json === true) {
    process.stdout.write(
      `${JSON.stringify({ ...summary(run), spec: run.spec, records: run.epochs, result: run.result })}\n`,
    );
    return 0;
  }
  const lines = [
    `Run ${run.runId} (${run.state}), started ${run.createdAt}, in ${run.folder}`,
    ...(run.spec.about === '' ? [] : [`  ${run.spec.about}`]),
    ...run.epochs.flatMap((record) => {
      const norms = layerNormsText(record);
      return [epochText(record, run.spec.epochs), ...(norms === null ? [] : [norms])];
    }),
    run.result === null
      ? `It has not ended. Go on with: ${resumeCommand(run.runId, options)}`
      : resultText(run.result),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}

function summary(run: RunRecord) {
  return {
    type: 'stored-run',
    runId: run.runId,
    folder: run.folder,
    state: run.state,
    createdAt: run.createdAt,
    name: run.spec.name,
    dataSet: run.dataSet.name,
    epochs: run.result?.epochs ?? run.epochs.length,
    valAccuracy: run.result?.valAccuracy ?? run.epochs.at(-1)?.validationAccuracy ?? null,
    testAccuracy: run.result?.testAccuracy ?? null,
  };
}
