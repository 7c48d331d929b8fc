/** `shoal pace RUN`: how fast a run that goes on may step, shown or changed by asking its coordinator; or one step of it. */
import { counted } from '@shoal/core';
import { readRun } from '../../run/folder/runFolder.ts';
import type { PaceReport } from '../../server/coordinatorControl.ts';
import { requestForRun } from '../operatorRequest.ts';
import { readPace } from '../values.ts';

type Options = { readonly out: string; readonly url?: string; readonly json?: boolean };

/** In place of a pace: a single step. */
const STEP = 'step';

/**
 * @param pace steps a second, `full`, or `step`; undefined where nothing is to change
 * @throws UserError when there is no such run, or its coordinator cannot be asked
 */
export async function paceRun(runId: string, pace: string | undefined, options: Options): Promise<number> {
  const stepsPerSecond =
    pace === undefined || pace === STEP ? undefined : readPace(`The pace, if it is not ${STEP},`)(pace);
  const { folder } = await readRun(options.out, runId);
  const needs = 'A run is slowed down while it goes on';
  const { ask } = await requestForRun(folder, { runId, url: options.url, needs });
  let message: string | null = null;
  const decide = async (path: string, body?: object): Promise<void> => {
    message = ((await ask('POST', path, body)) as { readonly message: string }).message;
  };
  if (pace === STEP) await decide('/api/run/step');
  else if (stepsPerSecond !== undefined) await decide('/api/run/pace', { stepsPerSecond });
  const report = (await ask('GET', '/api/run/pace')) as PaceReport;
  const text =
    options.json === true ? JSON.stringify({ type: 'pace', ...report }) : (message ?? textOf(report));
  process.stdout.write(`${text}\n`);
  return 0;
}

function textOf({ stepsPerSecond }: PaceReport): string {
  return stepsPerSecond === null
    ? 'The run goes at full speed.'
    : `The run goes in slow motion: at most ${counted(stepsPerSecond, 'step')} a second.`;
}
