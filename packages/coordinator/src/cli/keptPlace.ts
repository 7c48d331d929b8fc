/** Where a coordinator is found again: its port and tokens, beside the runs that it holds. */
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { reasonOf } from '@shoal/core';
import { UserError } from '../errors.ts';
import { writeAtomically } from '../files/atomicFile.ts';
import { keptPort, runFiles } from '../run/folder/runFolder.ts';
import type { OpenCoordinator } from '../service/openCoordinator.ts';

const ANSWER_MS = 500;

/** Of a sweep, which may go on beside other coordinators in one folder of runs. */
export const sweepPortFile = (folder: string, name: string): string => join(folder, `sweep-${name}.port`);

/**
 * Port and tokens lie beside the runs from now on. Whoever asks without an address, `shoal queue` say, asks the port of the
 * folder: of several coordinators there it stays that of the first, as long as that answers.
 * @param own where this one's port stands besides, for when it comes again
 * @throws UserError
 */
export async function keepPlace(
  folder: string,
  { access, port }: Pick<OpenCoordinator, 'access' | 'port'>,
  own: string | null = null,
): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access.keepIn(folder);
    const known = await keptPort(folder);
    if (known === null || known === port || !(await answers(known)))
      await writeAtomically(runFiles(folder).port, `${port}\n`);
    if (own !== null) await writeAtomically(own, `${port}\n`);
  } catch (error) {
    const text = reasonOf(error);
    throw new UserError(
      `The folder of runs ${folder} cannot be written (${text}). Choose another with --out.`,
    );
  }
}

/** Whether something listens there on this machine. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: ANSWER_MS });
    const end = (isThere: boolean) => (): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.on('connect', end(true)).on('error', end(false)).on('timeout', end(false));
  });
}
