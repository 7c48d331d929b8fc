/**
 * What people say of a run, in `label.json` of its folder: a name, tags, notes, and whether it is put away. It goes with
 * the folder wherever that is copied to, and no bit of the run depends on it.
 */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { reasonOf } from '@shoal/core';
import * as v from 'valibot';
import { UserError } from '../../errors.ts';
import { diskFiles } from '../../files/diskFiles.ts';
import { type KeptFiles, readText } from '../../files/keptFiles.ts';
import { FolderLock } from './lock.ts';

export const NAME_LENGTH_MAX = 200;
const TAG_LENGTH_MAX = 64;
export const TAGS_MAX = 32;
export const NOTES_LENGTH_MAX = 10_000;
/** A file that is larger was written by somebody else and is not looked at. */
const FILE_BYTES_MAX = 256 * 1024;
/** A change takes some milliseconds; so often, and so far apart, is tried while another process makes one. */
const LOCK_ATTEMPTS_MAX = 200;
const LOCK_WAIT_MS = 25;

export type RunLabel = {
  /** Shown in place of the spec's; empty where nobody gave one. */
  readonly name: string;
  /** In the order in which they were given, each once. */
  readonly tags: readonly string[];
  /** May have several lines. */
  readonly notes: string;
  /** Left out of lists unless these are asked for. */
  readonly archived: boolean;
};

export type LabelChange = Partial<RunLabel>;

export const NO_LABEL: RunLabel = { name: '', tags: [], notes: '', archived: false };

export const labelFile = (folder: string): string => join(folder, 'label.json');

const storedSchema = v.object({
  name: v.fallback(v.string(), ''),
  tags: v.fallback(v.array(v.unknown()), []),
  notes: v.fallback(v.string(), ''),
  archived: v.fallback(v.boolean(), false),
});

/** What can be read of it: a file that is not there or damaged says nothing, and what is too long is cut. */
export async function readLabel(folder: string, files: KeptFiles = diskFiles): Promise<RunLabel> {
  const text = await readText(files, labelFile(folder)).catch(() => null);
  if (text === null || text.length > FILE_BYTES_MAX) return NO_LABEL;
  let stored: unknown;
  try {
    stored = JSON.parse(text);
  } catch {
    return NO_LABEL;
  }
  const parsed = v.safeParse(storedSchema, stored);
  if (!parsed.success) return NO_LABEL;
  const { name, tags, notes, archived } = parsed.output;
  const texts = tags.filter((tag) => typeof tag === 'string');
  return {
    name: cut(oneLine(name), NAME_LENGTH_MAX),
    tags: distinct(texts.map((tag) => cut(oneLine(tag), TAG_LENGTH_MAX))).slice(0, TAGS_MAX),
    notes: cut(lines(notes), NOTES_LENGTH_MAX),
    archived,
  };
}

/** Changes to one folder follow each other, so that none of two at once is lost. */
const turns = new Map<string, Promise<unknown>>();

/**
 * Writes what is given of it and leaves the rest; of what depends on the label as it is, a function says it.
 * @returns the label as it is now
 * @throws UserError for what is too long or too many, and when the folder cannot be written; then nothing has changed
 */
export function changeLabel(
  folder: string,
  change: LabelChange | ((now: RunLabel) => LabelChange),
  files: KeptFiles = diskFiles,
): Promise<RunLabel> {
  const turn = (turns.get(folder) ?? Promise.resolve()).then(async () => {
    // In a cluster the one that leads is alone.
    const lock = files === diskFiles ? await lockLabel(folder) : null;
    try {
      return await write(folder, change, files);
    } finally {
      await lock?.release();
    }
  });
  const settled = turn
    .catch(() => {})
    .then(() => {
      if (turns.get(folder) === settled) turns.delete(folder);
    });
  turns.set(folder, settled);
  return turn;
}

async function write(
  folder: string,
  change: LabelChange | ((now: RunLabel) => LabelChange),
  files: KeptFiles,
): Promise<RunLabel> {
  const now = await readLabel(folder, files);
  const label = checked({ ...now, ...(typeof change === 'function' ? change(now) : change) });
  const file = labelFile(folder);
  try {
    await files.replace(file, `${JSON.stringify(label, null, 2)}\n`, true);
  } catch (error) {
    throw unwritable(file, error);
  }
  return label;
}

const unwritable = (file: string, error: unknown): UserError =>
  new UserError(
    `Nothing has changed: ${file} cannot be written (${reasonOf(error)}). Free some space or mend its permissions, and try again.`,
  );

/** Held for the time of one change, so that another process that changes it, too, waits a moment. */
async function lockLabel(folder: string): Promise<FolderLock> {
  const place = join(folder, 'label.lock');
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await FolderLock.take(place, { what: `The label ${labelFile(folder)}` });
    } catch (error) {
      if (!(error instanceof UserError)) throw unwritable(place, error);
      if (attempt === LOCK_ATTEMPTS_MAX) throw error;
      await pause(LOCK_WAIT_MS);
    }
  }
}

function checked({ name, tags, notes, archived }: RunLabel): RunLabel {
  const label = {
    name: oneLine(name),
    tags: distinct(tags.map(oneLine)),
    notes: lines(notes),
    archived,
  };
  const nameLength = lengthOf(label.name);
  if (nameLength > NAME_LENGTH_MAX) {
    throw new UserError(
      `The name of a run may have ${NAME_LENGTH_MAX} characters at most, not ${nameLength}: make it shorter.`,
    );
  }
  for (const tag of label.tags) {
    const tagLength = lengthOf(tag);
    if (tagLength > TAG_LENGTH_MAX) {
      throw new UserError(
        `The tag "${cut(tag, TAG_LENGTH_MAX)}…" may have ${TAG_LENGTH_MAX} characters at most, not ${tagLength}: make it shorter.`,
      );
    }
    // Forms and commands write several tags with commas between them.
    if (tag.includes(',')) {
      throw new UserError(`The tag "${tag}" has a comma in it: write two tags, or none.`);
    }
  }
  if (label.tags.length > TAGS_MAX) {
    throw new UserError(`A run has at most ${TAGS_MAX} tags, not ${label.tags.length}: take some away.`);
  }
  const notesLength = lengthOf(label.notes);
  if (notesLength > NOTES_LENGTH_MAX) {
    throw new UserError(
      `The notes of a run may have ${NOTES_LENGTH_MAX} characters at most, not ${notesLength}: make them shorter.`,
    );
  }
  return label;
}

const lengthOf = (text: string): number => [...text].length;

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)].filter((text) => text !== '');

const cut = (text: string, most: number): string => [...text].slice(0, most).join('');

const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();

/** Line breaks and tabs stay; other control characters are nobody's notes. */
const lines = (text: string): string =>
  text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[^\P{Cc}\n\t]+/gu, ' ')
    .trim();
