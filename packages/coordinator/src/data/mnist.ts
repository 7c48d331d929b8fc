/** The MNIST files: their names, their sums, and the search for them on this machine. */
import { DataError } from './dataError.ts';
import { findIdxFiles, type IdxFolder, ROLES, type Role, readIdxFolder } from './idxFolder.ts';
import { mnistPlaces, type Place, type PlaceOptions } from './places.ts';

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

/** A folder that was looked at, and what came of it, as the end of a sentence. */
export type LookedAt = { readonly folder: string; readonly because: string; readonly outcome: string };

export type MnistSearch =
  | {
      readonly found: true;
      readonly place: Place;
      readonly folder: IdxFolder;
      /** False: a valid set in the user's own folder that is not MNIST (Fashion-MNIST has the same file names). */
      readonly isMnist: boolean;
      readonly lookedAt: readonly LookedAt[];
    }
  | { readonly found: false; readonly lookedAt: readonly LookedAt[] };

/** The files that differ from MNIST's. */
const strangers = (folder: IdxFolder): Role[] =>
  ROLES.filter((role) => folder.sums[role] !== MNIST_FILES[role].sha256);

/**
 * Looks for the four files, in order: `--data`, `SHOAL_DATA_DIR`, the project's `data` folder, the user's cache.
 * In a folder that the user named, half a set, an unreadable file, or one altered file beside MNIST's others is an
 * error, and a whole set that is not MNIST is taken as it is; elsewhere such a folder is passed over, and
 * `lookedAt` says why. An empty or absent folder is an error only for `--data`.
 * @throws DataError
 */
export const searchMnist = async (options: PlaceOptions): Promise<MnistSearch> => {
  const lookedAt: LookedAt[] = [];
  const places = mnistPlaces(options);
  for (const [index, place] of places.entries()) {
    const { folder, because, named } = place;
    const seen = (outcome: string): void => {
      lookedAt.push({ folder, because, outcome });
    };
    const finding = await findIdxFiles(folder);
    if (finding.state !== 'found') {
      if (named && finding.state === 'unclear') {
        throw new DataError(`${folder} (${because}) cannot be used: ${finding.reason}. ${WAY_OUT}`);
      }
      seen(finding.reason);
      // Both the folder of --data and its subfolder `mnist` have been looked at.
      if (because === '--data' && places[index + 1]?.because !== '--data') {
        const { folder: given, outcome } = lookedAt[0] as LookedAt;
        throw new DataError(`No data set in ${given} (--data): ${outcome}. ${WAY_OUT}`);
      }
      continue;
    }
    let content: IdxFolder;
    try {
      content = await readIdxFolder(finding.paths);
    } catch (error) {
      if (named || !(error instanceof DataError)) throw error;
      seen(error.message);
      continue;
    }
    const others = strangers(content);
    if (others.length === 0) {
      seen('MNIST found');
      return { found: true, place, folder: content, isMnist: true, lookedAt };
    }
    const altered = others.map((role) => content.files[role].name).join(' and ');
    if (!named) {
      seen(`${altered} differs from MNIST's (by SHA-256)`);
      continue;
    }
    if (others.length < ROLES.length) {
      throw new DataError(
        `${altered} is damaged or mislabelled: the SHA-256 of its content differs from MNIST's, although other files of the ` +
          'folder are MNIST’s own. Download or copy it again.',
      );
    }
    seen('another IDX data set found');
    return { found: true, place, folder: content, isMnist: false, lookedAt };
  }
  return { found: false, lookedAt };
};

const WAY_OUT =
  'Point to a folder that holds the four files train-images-idx3-ubyte, train-labels-idx1-ubyte, ' +
  't10k-images-idx3-ubyte and t10k-labels-idx1-ubyte (plain or .gz).';
