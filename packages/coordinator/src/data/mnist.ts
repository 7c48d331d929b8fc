/** The MNIST files: their names, their sums, and the search for them on this machine. */
import { basename, relative } from 'node:path';
import { DataError } from './dataError.ts';
import { type FoundFolder, mnistBelow, searchFolder } from './folderSearch.ts';
import { findIdxFiles } from './idxFolder.ts';
import { type IdxContents, type ParsedSet, parseIdxSet, readIdxFiles, setNameOf } from './idxSet.ts';
import { dataPlaces, type Place, type PlaceOptions } from './places.ts';
import { isImages, ROLES, type Role } from './roles.ts';

export const MNIST_FILES: Readonly<Record<Role, { readonly name: string; readonly sha256: string }>> = {
  trainImages: {
    name: 'train-images-idx3-ubyte',
    sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
  },
  trainLabels: {
    name: 'train-labels-idx1-ubyte',
    sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  },
  testImages: {
    name: 't10k-images-idx3-ubyte',
    sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
  },
  testLabels: {
    name: 't10k-labels-idx1-ubyte',
    sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
  },
};

/** What four files are, by their sums: MNIST, MNIST with some of its files changed, or another set altogether. */
type Kinship = 'mnist' | 'altered' | 'other';

/** A data set that was found: read, named, and with the sentences that the user must see about it. */
export type FoundSet = ParsedSet & {
  readonly kinship: Kinship;
  readonly folder: string;
  readonly place: Place;
};

/** A folder that was looked at, and what came of it, as the end of a sentence. */
export type LookedAt = {
  readonly folder: string;
  readonly because: string;
  readonly outcome: string;
  /** Four files lie there, and they were not taken. */
  readonly passedOver: boolean;
};

export type MnistSearch =
  | { readonly found: true; readonly set: FoundSet; readonly lookedAt: readonly LookedAt[] }
  | { readonly found: false; readonly lookedAt: readonly LookedAt[] };

/** The sums of each part's content, for a set that may be MNIST in part. */
export type KnownSums = Readonly<Record<Role, string>>;

const MNIST_SUMS: KnownSums = {
  trainImages: MNIST_FILES.trainImages.sha256,
  trainLabels: MNIST_FILES.trainLabels.sha256,
  testImages: MNIST_FILES.testImages.sha256,
  testLabels: MNIST_FILES.testLabels.sha256,
};

const strangersAmong = ({ sums }: IdxContents, known: KnownSums): Role[] =>
  ROLES.filter((role) => sums[role] !== known[role]);

const kinshipOf = (strangers: readonly Role[]): Kinship =>
  strangers.length === 0 ? 'mnist' : strangers.length < ROLES.length ? 'altered' : 'other';

/** "another labels file (train-labels-idx1-ubyte.gz)" */
const alteredTold = (strangers: readonly Role[], { files }: IdxContents): string => {
  const kinds = new Set(strangers.map((role) => (isImages(role) ? 'images' : 'labels')));
  const kind = kinds.size === 1 ? `${[...kinds][0]} ` : '';
  const names = strangers.map((role) => basename(files[role].name)).join(' and ');
  return `${strangers.length === 1 ? `another ${kind}file` : `other ${kind}files`} (${names})`;
};

/**
 * Reads the set in a folder and says what it is. A run that asked for `idx` is told nothing that it expects.
 * @throws DataError when a file cannot be read or parsed
 */
export const readSet = async (
  { folder, paths }: FoundFolder,
  place: Place,
  asked: 'mnist' | 'idx',
  known: KnownSums = MNIST_SUMS,
): Promise<FoundSet> => {
  const contents = await readIdxFiles(paths);
  const strangers = strangersAmong(contents, known);
  const kinship = kinshipOf(strangers);
  const isMnist = kinship === 'mnist' && asked === 'mnist';
  const name = isMnist ? 'mnist' : setNameOf(folder, kinship);
  const { dataSet, notices } = parseIdxSet(contents, name, isMnist ? 'mnist' : 'idx');
  const told: string[] = [];
  if (folder !== place.folder) {
    const below = relative(place.folder, folder);
    told.push(
      `${place.folder} (${place.because}) holds no data set itself: the one in ${below} below it is taken.`,
    );
  }
  const which = `${folder} (${place.because})`;
  if (kinship === 'altered') {
    told.push(
      `${which} resembles MNIST with ${alteredTold(strangers, contents)}: it is taken as given, as the data set ${name}.`,
    );
  } else if (kinship === 'other' && asked === 'mnist') {
    told.push(`${which} holds IDX files that are not MNIST: training on them as the data set ${name}.`);
  }
  return { dataSet, notices: [...told, ...notices], kinship, folder, place };
};

/**
 * Looks for the four files, in order: `--data`, `SHOAL_DATA_DIR`, the project's `data` folder, the user's cache.
 * In a folder that the user named, or below it, half a set or a file that cannot be parsed is an error, and any whole
 * set is taken as it is. In the project's folder, MNIST and what is MNIST in part are taken, in the cache MNIST alone;
 * whatever else lies there is passed over, and `lookedAt` says why. An empty or absent folder is an error only for
 * `--data`.
 * @throws DataError
 */
export const searchMnist = async (
  options: PlaceOptions,
  known: KnownSums = MNIST_SUMS,
): Promise<MnistSearch> => {
  const lookedAt: LookedAt[] = [];
  for (const place of dataPlaces(options)) {
    const { folder, because, kind } = place;
    const seen = (outcome: string, where: string = folder, passedOver = false): void => {
      lookedAt.push({ folder: where, because, outcome, passedOver });
    };
    if (kind === 'option' || kind === 'environment') {
      const absent = kind === 'environment' ? seen : null;
      const found = await namedFolder(place, { mnistFirst: true, except: options.cacheFolder }, absent);
      if (found === null) continue;
      const set = await readSet(found, place, 'mnist', known);
      seen(set.kinship === 'mnist' ? 'MNIST found' : 'another IDX data set found', set.folder);
      return { found: true, set, lookedAt };
    }
    const finding = await findIdxFiles(folder);
    if (finding.state !== 'found') seen(finding.reason);
    const here = finding.state === 'found' ? [{ folder, paths: finding.paths }] : [];
    for (const one of [...here, ...(await mnistBelow(folder, options.cacheFolder))]) {
      try {
        const set = await readSet(one, place, 'mnist', known);
        if (set.kinship === 'mnist' || (set.kinship === 'altered' && kind === 'project')) {
          seen(set.kinship === 'mnist' ? 'MNIST found' : 'MNIST with other files found', set.folder);
          return { found: true, set, lookedAt };
        }
        seen('its files differ from those of MNIST, by SHA-256', one.folder, true);
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        seen(error.message.replace(/\.$/, ''), one.folder, true);
      }
    }
  }
  return { found: false, lookedAt };
};

/**
 * The set in a folder that the user named. An absent or empty one is told to `absent` and null, where there is one.
 * @throws DataError
 */
export const namedFolder = async (
  { folder, because }: Place,
  { mnistFirst, except }: { readonly mnistFirst: boolean; readonly except: string },
  absent: ((outcome: string) => void) | null,
): Promise<FoundFolder | null> => {
  const search = await searchFolder(folder, mnistFirst, except);
  if (search.state === 'found') return search;
  if (search.state === 'unclear') {
    throw new DataError(`${folder} (${because}) cannot be used: ${search.reason}. ${WAY_OUT}`);
  }
  if (absent === null)
    throw new DataError(`No data set in ${folder} (${because}): ${search.reason}. ${WAY_OUT}`);
  absent(search.reason);
  return null;
};

const WAY_OUT =
  'Point to a folder that holds four IDX files, images and labels to train and to test, named like ' +
  'train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte (plain or .gz); or to pictures in a folder for each class, .npz or .npy ' +
  "arrays, CIFAR's binary files, or a CSV, TSV or Parquet table.";
