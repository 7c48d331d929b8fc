/** The four files of a data set, and how their names tell which part each plays. */

/** The order in which a data set's hash takes its files. */
export const ROLES = ['trainImages', 'trainLabels', 'testImages', 'testLabels'] as const;
export type Role = (typeof ROLES)[number];

/** What a missing file of each part is called in sentences, after MNIST's names. */
export const EXPECTED: Readonly<Record<Role, string>> = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
};

/** A name without what says that it is compressed, in lower case: two files of one stem hold the same. */
export const stemOf = (fileName: string): string => fileName.toLowerCase().replace(/\.gz$/, '');

export const isImages = (role: Role): boolean => role === 'trainImages' || role === 'testImages';

/**
 * The part that a name's words speak of, whatever kind of file it is: train or t10k (or test), images or labels.
 */
export const spokenRoleOf = (fileName: string): Role | null => {
  const name = fileName.toLowerCase();
  const train = /train/.test(name);
  const test = /t10k|test/.test(name);
  const images = /image|idx[34]/.test(name);
  const labels = /label|idx[12]/.test(name);
  if (train === test) return null;
  // A name that says both, such as train-images.idx1, goes by its word: what is wrong inside is then told.
  if (images && (!labels || /image/.test(name))) return train ? 'trainImages' : 'testImages';
  return labels ? (train ? 'trainLabels' : 'testLabels') : null;
};

/** The part a file plays, by its name alone: …train-images…ubyte, t10k-labels-idx1-ubyte.gz, test_images.idx3, … */
export const roleOf = (fileName: string): Role | null =>
  /(ubyte|idx\d?|idx\d-[a-z]+)$/.test(stemOf(fileName)) ? spokenRoleOf(fileName) : null;

const KINDS: readonly { readonly ending: RegExp; readonly kind: string }[] = [
  { ending: /\.(zip|7z|rar|tar|tgz|tbz2?|txz|tar\.\w+)$/, kind: 'an archive: unpack it there' },
  { ending: /\.(bz2|xz|lzma|zst|lz4|br|z)$/, kind: 'compressed in a way that is not read: unpack it there' },
  { ending: /\.(part|partial|crdownload|download|tmp)$/, kind: 'an unfinished download: fetch it again' },
  {
    ending: /\.(csv|tsv|txt|json|npy|npz|mat|pkl|pickle|parquet|arrow|h5|hdf5|pt|png|jpe?g)(\.gz)?$/,
    kind: 'not in the IDX format',
  },
];

/** What a file is by its ending, where that is no IDX file, as the end of "it is …"; null when its ending says nothing. */
export const foreignKindOf = (fileName: string): string | null => {
  const name = fileName.toLowerCase();
  return KINDS.find(({ ending }) => ending.test(name))?.kind ?? null;
};
