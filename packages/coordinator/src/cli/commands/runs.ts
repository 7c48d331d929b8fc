/** `shoal runs list` and `shoal runs show RUN`: what lies in the folder of runs. */
import { counted } from '@shoal/core';
import { diskFiles } from '../../files/diskFiles.ts';
import { findRun } from '../../run/folder/findRun.ts';
import { listRuns, type RunRecord, readRun } from '../../run/folder/runFolder.ts';
import { readQueue } from '../../service/waitingList.ts';
import { out } from '../../terminal/terminal.ts';
import { columns, percent } from '../output/format.ts';
import { epochText, layerNormsText, resultText } from '../output/reportText.ts';
import { resumeCommand } from '../resumeCommand.ts';
import { printQueue } from './queue.ts';

type Options = { readonly out: string; readonly json?: boolean };

export async function listAllRuns(options: Options): Promise<number> {
  const runs = await listRuns(options.out);
  if (options.json === true) {
    for (const run of runs) out.json(summary(run));
    await printQueue(options);
    return 0;
  }
  if (runs.length === 0 && (await readQueue(diskFiles, options.out)) === null) {
    out.lines(`There are no runs in ${options.out} yet: start one with "npx --no shoal train".`);
    return 0;
  }
  const rows = runs.map((run) => {
    const { state, epochs, testAccuracy, dataSet } = summary(run);
    const accuracy = testAccuracy === null ? '' : `test ${percent(testAccuracy)}`;
    return [run.runId, state, `${epochs}/${counted(run.spec.epochs, 'epoch')}`, dataSet, accuracy];
  });
  out.lines(...columns(rows));
  await printQueue(options);
  return 0;
}

export async function showRun(name: string, options: Options): Promise<number> {
  const { runsFolder, runId } = await findRun(name, options.out);
  const run = await readRun(runsFolder, runId);
  if (options.json === true) {
    out.json({ ...summary(run), spec: run.spec, records: run.epochs, result: run.result });
    return 0;
  }
  out.lines(
    `Run ${run.runId} (${run.state}), started ${run.createdAt}, in ${run.folder}`,
    ...(run.spec.about === '' ? [] : [`  ${run.spec.about}`]),
    ...run.epochs.flatMap((record) => {
      const norms = layerNormsText(record);
      return [epochText(record, run.spec.epochs), ...(norms === null ? [] : [norms])];
    }),
    ...(run.result === null
      ? [`It has not ended. Go on with: ${resumeCommand(run.runId, { out: runsFolder })}`]
      : resultText(run.result)),
  );
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
