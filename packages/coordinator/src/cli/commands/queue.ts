/** `shoal queue`: what waits behind the run that goes on, in which order, and what is taken out of it. */
import type { QueueEntry } from '@shoal/core';
import { diskFiles } from '../../files/diskFiles.ts';
import { readQueue } from '../../service/waitingList.ts';
import { out } from '../../terminal/terminal.ts';
import { operatorRequest } from '../operatorRequest.ts';
import { columns } from '../output/format.ts';

type Options = { readonly out: string; readonly url?: string; readonly json?: boolean };

const KINDS: { readonly [K in QueueEntry['kind']]: string } = {
  run: 'new run',
  resume: 'goes on',
  sweep: 'sweep',
};

export async function listQueue(options: Options): Promise<number> {
  if (!(await printQueue(options)) && options.json !== true) {
    out.lines(`Nothing waits in ${options.out}: whatever is started next begins at once.`);
  }
  return 0;
}

/** What waits, a line each; nothing where nothing does. @returns whether something waits */
export async function printQueue(options: Options): Promise<boolean> {
  const { waiting = [] } = (await readQueue(diskFiles, options.out)) ?? {};
  const entries = waiting.map(({ spec: _spec, ...entry }, index) => ({ place: index + 1, ...entry }));
  if (options.json === true) for (const entry of entries) out.json({ type: 'queued', ...entry });
  else {
    const rows = entries.map(({ place, id, kind, trials }) => [
      id,
      `waits at place ${place}`,
      kind === 'sweep' ? `sweep of ${trials} trials` : KINDS[kind],
    ]);
    out.lines(...columns(rows));
  }
  return entries.length > 0;
}

export async function moveQueued(id: string, place: number, options: Options): Promise<number> {
  return change(id, { action: 'move', place }, options);
}

export async function removeQueued(id: string, options: Options): Promise<number> {
  return change(id, { action: 'remove' }, options);
}

/** @throws UserError when no coordinator can be asked, or nothing of this name waits */
async function change(id: string, asked: object, options: Options): Promise<number> {
  const { ask } = await operatorRequest(
    options.out,
    options.url,
    'The queue is changed by the coordinator that carries it out',
  );
  const answer = (await ask('POST', `/api/queue/${encodeURIComponent(id)}`, asked)) as {
    readonly message: string;
  };
  if (options.json === true) out.json({ type: 'queue-changed', message: answer.message });
  else out.lines(answer.message);
  return 0;
}
