/** `shoal link ROLE [RUN]`: prints a link of a coordinator that runs on this machine, by asking it. */
import type { JoinInfo } from '@shoal/core';
import { UserError } from '../../errors.ts';
import { readRun } from '../../run/folder/runFolder.ts';
import { out } from '../../terminal/terminal.ts';
import { LINK_ROLES } from '../choices.ts';
import { operatorRequest } from '../operatorRequest.ts';

type Options = { readonly out: string; readonly url?: string; readonly json?: boolean };

const LINKS = {
  worker: 'links',
  viewer: 'watchLinks',
  gateway: 'gatewayLinks',
} as const satisfies Readonly<Record<(typeof LINK_ROLES)[number], keyof JoinInfo>>;

/** @throws UserError for another role, or when the coordinator cannot be asked */
export async function printLink(role: string, run: string | undefined, options: Options): Promise<number> {
  const kind = LINKS[role as keyof typeof LINKS];
  if (kind === undefined) {
    throw new UserError(`There are links for ${LINK_ROLES.join(', ')}, not for "${role}".`);
  }
  const folder = run === undefined ? options.out : (await readRun(options.out, run)).folder;
  const { place, runId, ask } = await operatorRequest(
    folder,
    options.url,
    'Its links are those of a coordinator that runs',
  );
  if (run !== undefined && runId !== run) {
    throw new UserError(
      `The coordinator at ${place} holds another run, or none: ${run} does not go on there. Give the right address with --url.`,
    );
  }
  const links = ((await ask('GET', '/api/links')) as JoinInfo)[kind];
  if (options.json === true) out.json({ type: 'link', role, links });
  else out.lines(links[0] ?? '');
  return 0;
}
