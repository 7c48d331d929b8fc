/** Kept files on this machine's disk, or a network file system. */
import { appendFileSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PRIVATE, writeAtomically } from './atomicFile.ts';
import type { KeptFiles } from './keptFiles.ts';

const missing = (error: NodeJS.ErrnoException): null => {
  if (error.code === 'ENOENT') return null;
  throw error;
};

/** Clocks of file systems stand still for a while, and those of servers may go otherwise. */
const SETTLED_MS = 2_000;

export const diskFiles: KeptFiles = {
  read: (file) => readFile(file).catch(missing),

  replace: (file, content, isPrivate = false) =>
    isPrivate ? writeAtomically(file, content, PRIVATE) : writeAtomically(file, content),

  async append(file, content, isPrivate = false) {
    const handle = await open(file, 'a', isPrivate ? PRIVATE : 0o666);
    try {
      // One of an older release may be readable by others.
      if (isPrivate) await handle.chmod(PRIVATE);
      await handle.appendFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
  },

  /** Written when it returns: the process may be about to end. */
  jot(file, text) {
    try {
      appendFileSync(file, text);
    } catch {
      // A disk that is full or gone is told by whoever writes what matters more.
    }
  },

  remove: (file) => rm(file, { force: true }),

  async list(folder) {
    const entries = await readdir(folder, { withFileTypes: true }).catch(missing);
    const names = (wanted: boolean): string[] =>
      (entries ?? [])
        .filter((entry) => entry.isDirectory() === wanted)
        .map(({ name }) => name)
        .sort();
    return { files: names(false), folders: names(true) };
  },

  async mark(folder, files) {
    const own = await stat(folder).catch(missing);
    if (own === null) return null;
    const inside = await Promise.all(files.map((name) => stat(join(folder, name)).catch(missing)));
    const newest = Math.max(own.mtimeMs, ...inside.map((one) => one?.mtimeMs ?? 0));
    if (Math.abs(Date.now() - newest) < SETTLED_MS) return null;
    return [
      own.ino,
      own.mtimeMs,
      ...inside.map((one) => (one === null ? '-' : `${one.mtimeMs}/${one.size}`)),
    ].join(' ');
  },
  async make(folder) {
    await mkdir(folder, { recursive: true });
  },

  discard: (folder) => rm(folder, { recursive: true, force: true }),

  asOfNow: () => diskFiles,
};
