/**
 * Where a coordinator keeps what outlives its process, as a port: files by their path, in folders. A disk is one
 * implementation (`diskFiles.ts`), a cluster another; `keptFiles.suite.ts` holds them to the same.
 */

export interface KeptFiles {
  /** Null: there is no such file. Rejects with the system's error. */
  read(file: string): Promise<Uint8Array | null>;
  /**
   * Takes the place of what was there as one: after a crash the content is the old or the new. Durable once it resolves.
   * @param isPrivate its owner's business alone
   */
  replace(file: string, content: Uint8Array | string, isPrivate?: boolean): Promise<void>;
  /** Durable once it resolves; after a crash a part of it may be there. What is not there yet is made. */
  append(file: string, content: string | Uint8Array, isPrivate?: boolean): Promise<void>;
  /** The same for what nobody waits for, as soon as it can be done; a failure is not told. */
  jot(file: string, text: string): void;
  /** A file that is not there is no problem. */
  remove(file: string): Promise<void>;
  /** The names in a folder, each in order; empty where there is no such folder. */
  list(folder: string): Promise<{ readonly files: readonly string[]; readonly folders: readonly string[] }>;
  /**
   * A text that is another one once something in the folder is made, replaced or removed, or one of the files named has
   * grown or changed. Null: there is no such folder, or what changed a moment ago cannot be told from what changes now.
   */
  mark(folder: string, files: readonly string[]): Promise<string | null>;
  /** Makes a folder, with those that it lies in; one that is there is no problem. */
  make(folder: string): Promise<void>;
  /** Removes a folder with all that is in it. */
  discard(folder: string): Promise<void>;
  /** The same files, for what is to be written as things stand now: in a cluster it is refused in every later term. */
  asOfNow(): KeptFiles;
}

/** The content as text, UTF-8; null without such a file. */
export async function readText(files: KeptFiles, file: string): Promise<string | null> {
  const bytes = await files.read(file);
  return bytes === null ? null : new TextDecoder().decode(bytes);
}
