/** Pictures in folders, or in a zip archive, as a data set. */
import { basename, resolve } from 'node:path';
import { classSamples, counted, type DataSet, lengthOf, type Samples } from '@shoal/core';
import { DataError } from '../dataError.ts';
import { allocate, CLASSES_MAX, setOfParts } from '../parts.ts';
import { type PartName, type Reading, SPLIT_NAMES, someOf, spokenNames, wayOn } from '../reading.ts';
import { archiveEntries } from '../zip/archive.ts';
import { filesBelow, filesIn, type ListedPicture, listPictures, type PictureList } from './pictureList.ts';
import { type BrokenPicture, PictureReader } from './pictureReader.ts';
import { decodePictures } from './pictureThreads.ts';

type Shape = readonly [channels: number, height: number, width: number];

/** So many pictures are looked at before the size is decided that all have. */
const LOOKED_AT = 64;
/** Of a folder of which more than a part is broken nobody knows what the rest is worth. */
const BROKEN_PART_MAX = 0.1;
const BROKEN_TOLD = 3;

/** @throws DataError */
export async function loadPictures(place: string, isArchive: boolean, reading: Reading): Promise<DataSet> {
  const list = listPictures(place, isArchive ? filesIn(archiveEntries(place)) : await filesBelow(place));
  const { classNames, parts, others } = list;
  if (classNames.length > CLASSES_MAX) {
    throw new DataError(
      `${place} has ${classNames.length} folders of classes, but a model tells at most ${CLASSES_MAX} apart. Point to a folder of fewer.`,
    );
  }
  const shape = shapeFor(place, isArchive, list, reading);
  if (others.length > 0) {
    reading.onNotice(
      `${counted(others.length, 'picture')} of ${place} of other kinds than PNG and JPEG ${others.length === 1 ? 'is' : 'are'} left out: ${someOf(others, BROKEN_TOLD)}.`,
    );
  }
  const total = [...parts.values()].reduce((sum, pictures) => sum + pictures.length, 0);
  let before = 0;
  const samplesOf: { [P in PartName]?: Samples } = {};
  const broken: (BrokenPicture & { readonly name: string })[] = [];
  for (const part of SPLIT_NAMES) {
    const pictures = parts.get(part);
    if (pictures === undefined) continue;
    const { values } = allocate(place, 'u8', shape, pictures.length);
    const pixels = values as Uint8Array<SharedArrayBuffer>;
    const faults = await decodePictures({
      task: { place, isArchive, shape, pixels },
      pictures,
      onProgress: (done) => reading.onProgress({ what: place, done: before + done, total, unit: 'pictures' }),
    });
    before += pictures.length;
    broken.push(...faults.map((fault) => ({ ...fault, name: pictures[fault.row]?.name ?? '' })));
    samplesOf[part] = withoutRows(shape, pixels, labelsOf(pictures), faults);
  }
  tellBroken(place, broken, total, reading);
  return setOfParts(
    place,
    {
      train: samplesOf.train as Samples,
      validation: samplesOf.validation ?? null,
      test: samplesOf.test ?? null,
    },
    {
      name: basename(resolve(place)).replace(/\.zip$/i, ''),
      source: 'pictures',
      shape,
      classes: classNames.length,
      ...spokenNames(classNames),
    },
  );
}

const labelsOf = (pictures: readonly ListedPicture[]): Uint8Array =>
  Uint8Array.from(pictures, ({ label }) => label);

/** The rows that were decoded, moved together. */
function withoutRows(
  shape: Shape,
  pixels: Uint8Array,
  labels: Uint8Array,
  broken: readonly BrokenPicture[],
): Samples {
  const left = new Set(broken.map(({ row }) => row));
  const length = lengthOf(shape);
  let to = 0;
  for (let row = 0; row < labels.length; row += 1) {
    if (left.has(row)) continue;
    if (to !== row) {
      pixels.copyWithin(to * length, row * length, (row + 1) * length);
      labels[to] = labels[row] as number;
    }
    to += 1;
  }
  return classSamples({ shape, values: pixels.subarray(0, to * length) }, labels.subarray(0, to));
}

function tellBroken(
  place: string,
  broken: readonly (BrokenPicture & { readonly name: string })[],
  total: number,
  { onNotice }: Reading,
): void {
  if (broken.length === 0) return;
  const told = broken.slice(0, BROKEN_TOLD).map(({ name, reason }) => `${name} (${reason})`);
  const more = broken.length > told.length ? ` and ${broken.length - told.length} more` : '';
  const which = `${broken.length} of ${counted(total, 'picture')} in ${place} cannot be read: ${told.join(', ')}${more}.`;
  if (broken.length > total * BROKEN_PART_MAX) {
    throw new DataError(`${which} Copy or convert them again, or take them out.`);
  }
  onNotice(`${which} They are left out.`);
}

/**
 * The shape that all pictures get: what a written model takes; for a model that is made to fit, the size that the pictures
 * have, and where they have several that of the model. In colour where any that was looked at is.
 */
function shapeFor(place: string, isArchive: boolean, { parts }: PictureList, reading: Reading): Shape {
  const { fitting } = reading;
  const { input, isFixed } = fitting;
  const all = [...parts.values()].flat();
  const every = Math.max(1, Math.floor(all.length / LOOKED_AT));
  const reader = new PictureReader({ place, isArchive });
  const sizes = new Map<string, readonly [number, number]>();
  let isColour = false;
  try {
    for (let i = 0; i < all.length; i += every) {
      const { name, entry } = all[i] as ListedPicture;
      try {
        const header = reader.header(name, entry);
        sizes.set(`${header.width} × ${header.height}`, [header.height, header.width]);
        isColour ||= header.isColour;
      } catch {
        // Told when all are decoded.
      }
    }
  } finally {
    reader.close();
  }
  const [only] = sizes.size === 1 ? [...sizes.values()] : [];
  const [channels, height, width] = input as Shape;
  if (isFixed && input.length === 3 && (channels === 1 || channels === 3)) {
    if (only === undefined || only[0] !== height || only[1] !== width) scaled(height, width, sizes, reading);
    return [channels, height, width];
  }
  if (isFixed && input.length === 3) {
    throw new DataError(
      `The model takes ${input.join(' × ')}, but pictures have 1 channel (grey) or 3 (colour). ${wayOn(fitting, 'Set the first extent of model.input to 1 or 3.')}`,
    );
  }
  const ofOwn = isColour ? 3 : 1;
  if (only !== undefined) return [ofOwn, ...only];
  if (input.length !== 3) {
    throw new DataError(
      `The pictures of ${place} differ in size, and the model takes ${input.join(' × ')}, which is no picture. ${wayOn(fitting, 'Set model.input to [channels, height, width].')}`,
    );
  }
  scaled(height, width, sizes, reading);
  return [ofOwn, height, width];
}

function scaled(
  height: number,
  width: number,
  sizes: ReadonlyMap<string, unknown>,
  { onNotice }: Reading,
): void {
  const from = someOf([...sizes.keys()], 3);
  onNotice(`Pictures of ${from} are scaled to ${width} × ${height} (width × height).`);
}
