/** Asking a coordinator that runs on this machine, as its operator: its port and its key lie in its folder. */
import { readAccessRecord } from '../access/accessFile.ts';
import { issueToken } from '../access/tokens.ts';
import { UserError } from '../errors.ts';
import { keptPort } from '../run/folder/runFolder.ts';

const TIMEOUT_MS = 10_000;
/** Whoever else may listen at that port by now is to have no use of what it is sent. */
const TOKEN_SECONDS = 60;

export type OperatorRequest = {
  /** Where it is asked. */
  readonly place: string;
  /** The run that it says to hold, null without one. */
  readonly runId: string | null;
  ask(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown>;
};

/**
 * @param folder that of its run, or of all its runs
 * @param url its address; undefined for this machine
 * @param needs the end of a sentence on what a coordinator is needed for
 * @throws UserError when it cannot be asked
 */
export async function operatorRequest(
  folder: string,
  url: string | undefined,
  needs: string,
): Promise<OperatorRequest> {
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
        `No coordinator answers at ${place}. ${needs}: start it, or give its address with --url.`,
      );
    }
    const body = (await response.json().catch(() => null)) as { readonly error?: unknown } | null;
    if (response.ok && body !== null) return body;
    const why = typeof body?.error === 'string' ? body.error : `It answered ${response.status}.`;
    throw new UserError(`The coordinator at ${place} has not done it: ${why}`);
  };
  const health = (await request('/healthz', {})) as { readonly runId?: unknown };
  return {
    place,
    runId: typeof health.runId === 'string' ? health.runId : null,
    ask: (method, path, body) =>
      request(path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
  };
}

/**
 * Asks the coordinator that holds this run.
 * @throws UserError when it cannot be asked, or holds another one
 */
export async function requestForRun(
  folder: string,
  { runId, url, needs }: { readonly runId: string; readonly url: string | undefined; readonly needs: string },
): Promise<OperatorRequest> {
  const request = await operatorRequest(folder, url, needs);
  if (request.runId === runId) return request;
  throw new UserError(
    `The coordinator at ${request.place} holds another run, or none: ${runId} does not go on there. Give the right address with --url.`,
  );
}
