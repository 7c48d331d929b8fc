/** `shoal runs show RUN`: one run, epoch by epoch. */
import { findRun } from '../../run/folder/findRun.ts';
import { readLabel } from '../../run/folder/label.ts';
import { type RunRecord, readRun } from '../../run/folder/runFolder.ts';
import { out } from '../../terminal/terminal.ts';
import { epochText, layerNormsText, resultText } from '../output/reportText.ts';
import { resumeCommand } from '../resumeCommand.ts';

type Options = { readonly out: string; readonly json?: boolean };

export async function showRun(name: string, options: Options): Promise<number> {
  const { runsFolder, runId } = await findRun(name, options.out);
  const run = await readRun(runsFolder, runId);
  const label = await readLabel(run.folder);
  if (options.json === true) {
    out.json({ ...summary(run), label, spec: run.spec, records: run.epochs, result: run.result });
    return 0;
  }
  out.lines(
    `Run ${run.runId} (${run.state}), started ${run.createdAt}, in ${run.folder}`,
    ...(run.spec.about === '' ? [] : [`  ${run.spec.about}`]),
    ...(label.name === '' ? [] : [`  name   ${label.name}`]),
    ...(label.tags.length === 0 ? [] : [`  tags   ${label.tags.join(', ')}`]),
    ...(label.notes === '' ? [] : label.notes.split('\n').map((line) => `  ${line}`)),
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
