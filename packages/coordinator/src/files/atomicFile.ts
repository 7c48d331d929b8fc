/** Writing a file so that a crash or a full disk leaves either the old content or the new, never half of it. */
import { type FileHandle, link, open, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Mode of a file that is its owner's business alone. Windows knows no such modes; there the folder's own rights hold. */
export const PRIVATE = 0o600;

/** What is half written and older than this is what a crash has left. */
const LEFT_MS = 60_000;

/** So many parts have had a name of this process's own. */
let parts = 0;

/** @throws the system's error (ENOSPC, …) after removing what was begun */
export async function writeAtomically(
  file: string,
  content: Uint8Array | string,
  mode = 0o666,
): Promise<void> {
  const part = await begin(file, content, mode);
  try {
    await rename(part, file);
  } catch (error) {
    await unlink(part).catch(() => {});
    throw error;
  }
  await syncFolder(dirname(file));
}

/**
 * Makes a file that is not there yet, as a whole; one that is there, or that another process makes meanwhile, stays as it
 * is. @throws the system's error
 */
export async function makeAtomically(
  file: string,
  content: Uint8Array | string,
  mode = 0o666,
): Promise<void> {
  const part = await begin(file, content, mode);
  try {
    await link(part, file).catch(async (error: NodeJS.ErrnoException) => {
      // Some file systems know no second name for a file.
      if (error.code !== 'EEXIST') await writeFile(file, content, { flag: 'wx', mode });
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(part).catch(() => {});
  }
  await syncFolder(dirname(file));
}

/** Writes the content beside the file. @returns where it is */
async function begin(file: string, content: Uint8Array | string, mode: number): Promise<string> {
  const { part, handle } = await openPart(file, mode);
  try {
    try {
      // What a crash has left of an earlier attempt keeps its mode when it is opened again.
      if (mode === PRIVATE) await handle.chmod(mode);
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    await unlink(part).catch(() => {});
    throw error;
  }
  return part;
}

/** A name of this process's own where another one writes the same file, or has left it half written. */
async function openPart(file: string, mode: number): Promise<{ part: string; handle: FileHandle }> {
  const usual = `${file}.part`;
  try {
    return { part: usual, handle: await open(usual, 'wx', mode) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const left = await stat(usual).catch(() => null);
  if (left !== null && Date.now() - left.mtimeMs > LEFT_MS) await unlink(usual).catch(() => {});
  parts += 1;
  const own = `${file}.${process.pid}-${parts}.part`;
  return { part: own, handle: await open(own, 'w', mode) };
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
