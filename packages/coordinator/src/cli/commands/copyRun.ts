/** `shoal runs copy RUN`: brings a run out of a cluster into a folder, where every other command finds it. */
import { join } from 'node:path';
import { UserError } from '../../errors.ts';
import { diskFiles } from '../../files/diskFiles.ts';
import type { KeptFiles } from '../../files/keptFiles.ts';
import { readRun } from '../../run/folder/runFolder.ts';
import { out } from '../../terminal/terminal.ts';
import { type ClusterOptions, isCluster, openMember } from '../clusterOptions.ts';

export async function copyRun(
  runId: string,
  options: ClusterOptions & { readonly out: string; readonly json?: boolean },
): Promise<number> {
  if (!isCluster(options)) throw new UserError('Name the cluster that has the run with --cluster.');
  const member = await openMember(options);
  try {
    const run = await readRun(member.root, runId, member.files);
    const folder = join(options.out, runId);
    if ((await diskFiles.list(folder)).files.length > 0) {
      throw new UserError(`There is a folder ${folder} already. Choose another with --out, or remove it.`);
    }
    await copyFolder(member.files, run.folder, folder);
    const copied = { type: 'copied-run', runId, folder, state: run.state };
    if (options.json === true) out.json(copied);
    else out.lines(`The run ${runId} (${run.state}) lies in ${folder} now; the cluster keeps its own.`);
    return 0;
  } finally {
    await member.close();
  }
}

async function copyFolder(from: KeptFiles, source: string, target: string): Promise<void> {
  const { files, folders } = await from.list(source);
  await diskFiles.make(target);
  for (const name of files) {
    const content = await from.read(join(source, name));
    // Checkpoints name who has vouched for what, and some files are secrets: all are their owner's.
    if (content !== null) await diskFiles.replace(join(target, name), content, true);
  }
  for (const name of folders) await copyFolder(from, join(source, name), join(target, name));
}
