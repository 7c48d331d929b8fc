/** `shoal trust RUN`: how the workers of a run that goes on are checked, shown or changed by asking its coordinator. */
import { readAccessRecord } from '../../access/accessFile.ts';
import { issueToken } from '../../access/tokens.ts';
import { UserError } from '../../errors.ts';
import { keptPort, readRun } from '../../run/folder/runFolder.ts';
import type { TrustReport } from '../../server/coordinatorControl.ts';

type Options = {
  readonly out: string;
  readonly url?: string;
  readonly spotCheck?: number;
  readonly quorum?: number;
  readonly json?: boolean;
};

const TIMEOUT_MS = 10_000;
/** Whoever else may listen at that port by now is to have no use of what it is sent. */
const TOKEN_SECONDS = 60;

/** @throws UserError when there is no such run, or its coordinator cannot be asked */
export async function trustRun(runId: string, options: Options): Promise<number> {
  const { folder } = await readRun(options.out, runId);
  const ask = await askerFor(folder, runId, options.url);
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

/** Asks the coordinator that holds this run, as its operator. */
async function askerFor(folder: string, runId: string, url: string | undefined) {
  const port = await keptPort(folder);
  const base = url ?? (port === null ? null : `http://127.0.0.1:${port}`);
  if (base === null || !/^https?:\/\/[^/]/.test(base) || !URL.canParse(base)) {
    throw new UserError(
      base === null
        ? `The folder ${folder} names no port: start the run, or give its coordinator's address with --url.`
        : `--url must be an address such as http://127.0.0.1:7465, not "${base}".`,
    );
  }
  const { key } = await readAccessRecord(folder);
  const { token } = await issueToken(Buffer.from(key, 'base64url'), {
    role: 'operator',
    via: null,
    lifetimeSeconds: TOKEN_SECONDS,
    issuedAt: Math.floor(Date.now() / 1000),
  });
  const place = `${new URL(base).href.replace(/\/+$/, '')}`;
  const request = async (path: string, init: RequestInit): Promise<unknown> => {
    let response: Response;
    try {
      response = await fetch(`${place}${path}`, {
        ...init,
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch {
      throw new UserError(
        `No coordinator answers at ${place}. Trust is changed while a run goes on: start it, or give its address with --url.`,
      );
    }
    const body = (await response.json().catch(() => null)) as { readonly error?: unknown } | null;
    if (response.ok && body !== null) return body;
    const why = typeof body?.error === 'string' ? body.error : `It answered ${response.status}.`;
    throw new UserError(`The coordinator at ${place} has not done it: ${why}`);
  };
  const health = (await request('/healthz', {})) as { readonly runId?: unknown };
  if (health.runId !== runId) {
    throw new UserError(
      `The coordinator at ${place} holds another run, or none: ${runId} does not go on there. Give the right address with --url.`,
    );
  }
  return (method: 'GET' | 'POST', change?: object): Promise<unknown> =>
    request('/api/run/trust', {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(change !== undefined && { body: JSON.stringify(change) }),
    });
}
