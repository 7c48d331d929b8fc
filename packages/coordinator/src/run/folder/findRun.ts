/** Which run is meant: one by its name in the folder of runs, or one by the path of its own folder. */
import { stat } from 'node:fs/promises';
import { basename, dirname, join, normalize, resolve } from 'node:path';
import { runFiles } from './runFolder.ts';

export type RunPlace = { readonly runsFolder: string; readonly runId: string };

/**
 * `text` is a name, or a path such as `runs/NAME`, `./runs/NAME/` or an absolute one. Where there is no such run, the
 * place says where it was looked for.
 */
export async function findRun(text: string, runsFolder: string): Promise<RunPlace> {
  const named = { runsFolder, runId: text };
  if (!/[/\\]/.test(text) && (await isRun(join(runsFolder, text)))) return named;
  if (!(await isRun(resolve(text)))) return named;
  const path = normalize(text).replace(/[/\\]+$/, '');
  // "." and ".." have no name of their own.
  const folder = /^\.{1,2}$/.test(basename(path)) ? resolve(text) : path;
  return { runsFolder: dirname(folder), runId: basename(folder) };
}

const isRun = (folder: string): Promise<boolean> =>
  stat(runFiles(folder).run).then(
    (entry) => entry.isFile(),
    () => false,
  );
