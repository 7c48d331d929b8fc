/** `shoal runs label`, `archive`, `unarchive` and `delete`: what a person does to runs that are there. */
import { join } from 'node:path';
import { counted } from '@shoal/core';
import { UserError } from '../../errors.ts';
import { diskFiles } from '../../files/diskFiles.ts';
import { findRun, type RunPlace } from '../../run/folder/findRun.ts';
import { changeLabel, type RunLabel, readLabel } from '../../run/folder/label.ts';
import { lockRun } from '../../run/folder/lock.ts';
import { readRun } from '../../run/folder/runFolder.ts';
import { removeRun } from '../../runs/removeRun.ts';
import { out } from '../../terminal/terminal.ts';
import { agreed } from '../question.ts';

type Options = { readonly out: string; readonly json?: boolean };
type LabelOptions = Options & {
  readonly name?: string;
  readonly tag?: readonly string[];
  readonly untag?: readonly string[];
  readonly note?: string;
};

export async function labelRun(name: string, options: LabelOptions): Promise<number> {
  const { runsFolder, runId } = await findRun(name, options.out);
  const { folder, spec } = await readRun(runsFolder, runId);
  const { tag = [], untag = [] } = options;
  const isChanged = options.name !== undefined || options.note !== undefined || tag.length + untag.length > 0;
  const label = isChanged
    ? await changeLabel(folder, ({ tags }) => ({
        ...(options.name !== undefined && { name: options.name }),
        ...(options.note !== undefined && { notes: options.note }),
        tags: [...tags.filter((one) => !untag.includes(one)), ...tag.flatMap((text) => text.split(','))],
      }))
    : await readLabel(folder);
  if (options.json === true) out.json({ type: 'label', runId, ...label });
  else out.lines(...labelText(runId, spec.name, label));
  return 0;
}

function labelText(runId: string, specName: string, { name, tags, notes, archived }: RunLabel): string[] {
  return [
    `Run ${runId}${archived ? ' (archived)' : ''}`,
    `  name   ${name === '' ? specName : name}`,
    `  tags   ${tags.length === 0 ? 'none' : tags.join(', ')}`,
    ...(notes === ''
      ? ['  notes  none']
      : notes.split('\n').map((line, i) => `${i === 0 ? '  notes ' : '        '} ${line}`)),
  ];
}

type SureOptions = Options & { readonly yes?: boolean };

export async function archiveRuns(names: readonly string[], options: SureOptions): Promise<number> {
  return change(names, options, {
    question: (runs) =>
      `Archive ${runs}? Lists leave them out from then on; "shoal runs unarchive" takes them back.`,
    act: async ({ runsFolder, runId }) => {
      const lock = await lockRun(join(runsFolder, runId), runId);
      try {
        await changeLabel(join(runsFolder, runId), { archived: true });
      } finally {
        await lock.release();
      }
    },
    done: 'archived',
  });
}

export async function unarchiveRuns(names: readonly string[], options: Options): Promise<number> {
  return change(
    names,
    { ...options, yes: true },
    {
      question: () => '',
      act: async ({ runsFolder, runId }) => {
        await changeLabel(join(runsFolder, runId), { archived: false });
      },
      done: 'unarchived',
    },
  );
}

export async function deleteRuns(names: readonly string[], options: SureOptions): Promise<number> {
  return change(names, options, {
    question: (runs) => `Delete ${runs} for good, with the models?`,
    act: ({ runsFolder, runId }) => removeRun(runsFolder, runId, diskFiles),
    done: 'deleted',
  });
}

type Change = {
  readonly question: (runs: string) => string;
  /** Refuses a run that goes on. */
  readonly act: (run: RunPlace) => Promise<void>;
  readonly done: string;
};

/** All of them are there before anything is done to the first. */
async function change(
  names: readonly string[],
  options: SureOptions,
  { question, act, done }: Change,
): Promise<number> {
  const runs: RunPlace[] = [];
  for (const name of new Set(names)) {
    const run = await findRun(name, options.out);
    await readRun(run.runsFolder, run.runId);
    runs.push(run);
  }
  if (options.yes !== true) {
    const what = runs.length === 1 ? `the run ${runs[0]?.runId}` : counted(runs.length, 'run');
    const listed = runs.length === 1 ? [] : runs.map(({ runId }) => `  ${runId}`);
    if (!(await agreed(question(what), listed))) throw new UserError('Nothing was changed.');
  }
  for (const run of runs) {
    await act(run);
    if (options.json === true) out.json({ type: `${done}-run`, runId: run.runId });
    else out.lines(`The run ${run.runId} is ${done}.`);
  }
  return 0;
}
