/** Writing a file so that a crash or a full disk leaves either the old content or the new, never half of it. */
import { open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Mode of a file that is its owner's business alone. Windows knows no such modes; there the folder's own rights hold. */
export const PRIVATE = 0o600;

/** @throws the system's error (ENOSPC, …) after removing what was begun */
export async function writeAtomically(
  file: string,
  content: Uint8Array | string,
  mode = 0o666,
): Promise<void> {
  const part = `${file}.part`;
  try {
    const handle = await open(part, 'w', mode);
    try {
      // What a crash has left of an earlier attempt keeps its mode when it is opened again.
      if (mode === PRIVATE) await handle.chmod(mode);
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, file);
  } catch (error) {
    await unlink(part).catch(() => {});
    throw error;
  }
  await syncFolder(dirname(file));
}

/** Makes the rename itself durable. Windows cannot open a folder; there the file system's journal has to do. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Not every platform and file system can; the file itself is synced.
  }
}
