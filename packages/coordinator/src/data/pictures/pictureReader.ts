/** Reads and decodes listed pictures, on this thread: from a folder, or out of a zip archive that stays open. */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '@shoal/core';
import type { ZipEntry } from '../zip/directory.ts';
import { readEntry } from '../zip/entries.ts';
import { decodePicture } from './decode.ts';
import { type PictureHeader, pictureHeader } from './header.ts';

/** Where pictures lie, and what they become. */
export type PictureTask = {
  /** The folder, or the archive. */
  readonly place: string;
  readonly isArchive: boolean;
  readonly shape: readonly [channels: number, height: number, width: number];
  /** [samples × channels × height × width], in shared memory where several threads write to it. */
  readonly pixels: Uint8Array;
};

/** A stretch of the list: row `from` onwards. */
export type PictureStretch = {
  readonly from: number;
  readonly names: readonly string[];
  /** Of an archive, one for each name. */
  readonly entries: readonly ZipEntry[] | null;
};

export type BrokenPicture = { readonly row: number; readonly reason: string };

/** Files up to this size are read with one call into one buffer. */
const SMALL_BYTES = 65_536;
/** A file of more is no picture to train on, whatever it unpacks to. */
const PICTURE_BYTES_MAX = 268_435_456;

export class PictureReader {
  readonly #place: string;
  /** Of the archive; null for a folder. */
  readonly #archive: number | null;
  readonly #buffer = Buffer.allocUnsafe(SMALL_BYTES);

  constructor({ place, isArchive }: Pick<PictureTask, 'place' | 'isArchive'>) {
    this.#place = place;
    this.#archive = isArchive ? openSync(place, 'r') : null;
  }

  /** The file's content, until the next call. @throws Error */
  content(name: string, entry: ZipEntry | null): Uint8Array {
    if (this.#archive !== null && entry !== null) {
      checkSize(entry.bytes);
      return readEntry(this.#place, this.#archive, entry);
    }
    const path = join(this.#place, name);
    const file = openSync(path, 'r');
    try {
      const read = readSync(file, this.#buffer, 0, SMALL_BYTES, 0);
      if (read < SMALL_BYTES) return this.#buffer.subarray(0, read);
      checkSize(fstatSync(file).size);
      return readFileSync(file);
    } finally {
      closeSync(file);
    }
  }

  /** @throws Error, whose message says what is wrong */
  header(name: string, entry: ZipEntry | null): PictureHeader {
    return pictureHeader(this.content(name, entry));
  }

  /** Decodes a stretch into its rows; a broken picture leaves its row as it is, and is told. */
  decode({ shape, pixels }: PictureTask, { from, names, entries }: PictureStretch): BrokenPicture[] {
    const [channels, height, width] = shape;
    const length = channels * height * width;
    const broken: BrokenPicture[] = [];
    for (const [i, name] of names.entries()) {
      try {
        decodePicture(this.content(name, entries?.[i] ?? null), shape, pixels, (from + i) * length);
      } catch (error) {
        broken.push({ row: from + i, reason: reasonOf(error) });
      }
    }
    return broken;
  }

  close(): void {
    if (this.#archive !== null) closeSync(this.#archive);
  }
}

function checkSize(bytes: number): void {
  if (bytes > PICTURE_BYTES_MAX)
    throw new Error(`it has ${bytes} bytes, more than a picture to train on has`);
}
