/** `shoal trust RUN`: how the workers of a run that goes on are checked, shown or changed by asking its coordinator. */
import { readRun } from '../../run/folder/runFolder.ts';
import type { TrustReport } from '../../server/coordinatorControl.ts';
import { requestForRun } from '../operatorRequest.ts';

type Options = {
  readonly out: string;
  readonly url?: string;
  readonly spotCheck?: number;
  readonly quorum?: number;
  readonly json?: boolean;
};

/** @throws UserError when there is no such run, or its coordinator cannot be asked */
export async function trustRun(runId: string, options: Options): Promise<number> {
  const { folder } = await readRun(options.out, runId);
  const needs = 'Trust is changed while a run goes on';
  const request = await requestForRun(folder, { runId, url: options.url, needs });
  const ask = (method: 'GET' | 'POST', change?: object): Promise<unknown> =>
    request.ask(method, '/api/run/trust', change);
  const { spotCheck, quorum } = options;
  const change = { ...(spotCheck !== undefined && { spotCheck }), ...(quorum !== undefined && { quorum }) };
  let message: string | null = null;
  if (Object.keys(change).length > 0) {
    const answer = (await ask('POST', change)) as { readonly message: string };
    message = answer.message;
  }
  const report = (await ask('GET')) as TrustReport;
  if (options.json === true) process.stdout.write(`${JSON.stringify({ type: 'trust-policy', ...report })}\n`);
  else process.stdout.write(`${message === null ? '' : `${message}\n`}${textOf(report)}\n`);
  return 0;
}

function textOf({ spotCheck, quorum, checked, convicted }: TrustReport): string {
  const percent = `${Number((100 * spotCheck).toPrecision(6))} %`;
  return [
    spotCheck === 0
      ? 'No leases are checked.'
      : `${percent} of the leases of others than the coordinator's own workers are checked.`,
    ...(quorum === 1 ? [] : [`${quorum} unrelated workers have to agree before an answer counts.`]),
    `${checked} answers of the workers that are there were found right; ${convicted} ${convicted === 1 ? 'worker was' : 'workers were'} convicted.`,
  ].join('\n');
}
