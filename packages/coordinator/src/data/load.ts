/** Loads the data set that a run asks for, from wherever it can be had. */
import { basename, resolve } from 'node:path';
import {
  type DataSet,
  type DataSetInfo,
  type DataSpec,
  digitsDataSet,
  IdxError,
  parseIdxSamples,
  tableDataSet,
} from '@shoal/core';
import { DataError } from './dataError.ts';
import { type DownloadLimits, type DownloadProgress, downloadMnist } from './download.ts';
import { findIdxFiles, type IdxFolder, readIdxFolder } from './idxFolder.ts';
import { searchMnist } from './mnist.ts';
import { type Environment, userCacheFolder } from './places.ts';

export type LoadOptions = {
  /** The folder of `--data`; null when not given. */
  readonly dataFolder: string | null;
  readonly allowDownload: boolean;
  readonly onProgress: (progress: DownloadProgress) => void;
  /** Receives sentences that the user must see: where data came from when not from where it was expected. */
  readonly onNotice: (sentence: string) => void;
  /** The folder whose `data` subfolder is searched; by default the working folder. */
  readonly projectFolder?: string;
  readonly cacheFolder?: string;
  readonly environment?: Environment;
  readonly mirrors?: readonly string[];
  readonly limits?: Partial<DownloadLimits>;
};

/** Classes are numbered from 0: one more than the largest label of either part. */
const classCount = (...labels: readonly Uint8Array[]): number => {
  let largest = 0;
  for (const part of labels) for (const label of part) if (label > largest) largest = label;
  return largest + 1;
};

const parseFolder = (folder: IdxFolder, name: string, source: DataSetInfo['source']): DataSet => {
  const { files, sha256 } = folder;
  const train = parseIdxSamples(files.trainImages, files.trainLabels);
  const test = parseIdxSamples(files.testImages, files.testLabels);
  if (train.shape.join() !== test.shape.join()) {
    throw new IdxError({
      type: 'idxShapes',
      train: files.trainImages.name,
      trainShape: train.shape,
      test: files.testImages.name,
      testShape: test.shape,
    });
  }
  const classes = classCount(train.samples.labels, test.samples.labels);
  return {
    info: { name, source, shape: train.shape, classes, sha256 },
    train: train.samples,
    test: test.samples,
  };
};

const loadIdx = async (options: LoadOptions, environment: Environment): Promise<DataSet> => {
  const folder = options.dataFolder ?? environment.SHOAL_DATA_DIR ?? '';
  if (folder === '') {
    throw new DataError(
      'data.source is idx, but no folder was given. Point to a folder of four IDX files with --data or SHOAL_DATA_DIR.',
    );
  }
  const finding = await findIdxFiles(folder);
  if (finding.state !== 'found') {
    throw new DataError(
      `No data set in ${folder}: ${finding.reason}. Point to a folder of four IDX files whose names say train or ` +
        't10k (or test) and images or labels.',
    );
  }
  return parseFolder(await readIdxFolder(finding.paths), basename(resolve(folder)), 'idx');
};

/** The built-in digits, in place of what was asked for. */
const fallBack = (options: LoadOptions, why: string): DataSet => {
  options.onNotice(
    `MNIST was not found and ${why}: going on with the built-in digits, which are drawn by a program. ` +
      'Point to the four MNIST files with --data DIR to train on the real ones.',
  );
  return digitsDataSet();
};

const loadMnist = async (options: LoadOptions, environment: Environment): Promise<DataSet> => {
  const cacheFolder = options.cacheFolder ?? userCacheFolder(environment);
  const placeOptions = {
    dataFolder: options.dataFolder,
    projectFolder: options.projectFolder ?? process.cwd(),
    cacheFolder,
    environment,
  };
  let search = await searchMnist(placeOptions);
  if (!search.found) {
    const looked = search.lookedAt.map(({ folder, outcome }) => `${folder} (${outcome})`).join('; ');
    options.onNotice(`MNIST was looked for in: ${looked}.`);
    if (!options.allowDownload) return fallBack(options, 'downloading is switched off');
    try {
      const { onProgress, onNotice, mirrors, limits } = options;
      const given = { ...(mirrors && { mirrors }), ...(limits && { limits }) };
      await downloadMnist({ folder: cacheFolder, onProgress, onNotice, ...given });
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      options.onNotice(error.message);
      return fallBack(options, 'could not be downloaded');
    }
    search = await searchMnist(placeOptions);
    if (!search.found) return fallBack(options, 'could not be read back after its download');
  }
  const { place, folder, isMnist } = search;
  if (isMnist) return parseFolder(folder, 'mnist', 'mnist');
  const name = basename(resolve(place.folder));
  options.onNotice(
    `${place.folder} (${place.because}) holds IDX files that are not MNIST: training on them as the data set ${name}.`,
  );
  return parseFolder(folder, name, 'idx');
};

/**
 * The data set of a run. `mnist` is searched for, then downloaded into the user's cache, and replaced by the
 * built-in digits (info.source `digits`, with a notice) when neither works; the other sources come from one place.
 * @throws DataError, whose message is a sentence for the user
 */
export const loadDataSet = async (data: DataSpec, options: LoadOptions): Promise<DataSet> => {
  const environment = options.environment ?? process.env;
  try {
    switch (data.source) {
      case 'table':
        return tableDataSet(data.table);
      case 'digits':
        return digitsDataSet();
      case 'idx':
        return await loadIdx(options, environment);
      case 'mnist':
        return await loadMnist(options, environment);
    }
  } catch (error) {
    if (error instanceof IdxError) throw new DataError(error.message);
    throw error;
  }
};
