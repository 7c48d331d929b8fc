/** Loads the data set that a run asks for, from wherever it can be had. */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  canonicalJson,
  type DataFitting,
  type DataFoundFact,
  type DataSet,
  type DataSourceName,
  type DataSpec,
  digitsDataSet,
  type FactOf,
  tableDataSet,
} from '@shoal/core';
import { DataError } from './dataError.ts';
import type { DownloadLimits, DownloadProgress } from './download.ts';
import { checkKind, readFiles, takenFact } from './fileSources.ts';
import { mnistBelow } from './folderSearch.ts';
import { namedFolder, readSet, searchMnist } from './mnist.ts';
import { dataPlaces, type Environment, type Place, type PlaceOptions, userCacheFolder } from './places.ts';
import type { Reading, ReadProgress } from './reading.ts';
import { type FileSource, offersIn, recognise, SOURCE_TOLD } from './recognise.ts';

export type LoadOptions = {
  /** The folder of `--data`; null when not given. */
  readonly dataFolder: string | null;
  readonly allowDownload: boolean;
  /** Whether the built-in digits may stand in for MNIST where it cannot be had; else that is an error. */
  readonly mayStandIn: boolean;
  readonly onProgress: (progress: DownloadProgress) => void;
  /** Receives what the user must see: where data came from when not from where it was expected. */
  readonly onNotice: (fact: DataFoundFact) => void;
  /** The folder whose `data` subfolder is searched; by default the working folder. */
  readonly projectFolder?: string;
  readonly cacheFolder?: string;
  readonly environment?: Environment;
  readonly mirrors?: readonly string[];
  readonly limits?: Partial<DownloadLimits>;
  /** What the data is for; without it for a preset's model, which is made to fit. */
  readonly fitting?: DataFitting;
  readonly onReading?: (progress: ReadProgress) => void;
  /** Where the data of a run that goes on lay, for when no other place is named. */
  readonly usualPlace?: string | null;
};

/** Small tables of this package. */
const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));

/** For pictures of several sizes, and nothing else. */
const USUAL_FITTING: DataFitting = { input: [1, 28, 28], loss: 'cross_entropy', isFixed: false };

/** The folder or file that somebody named, by an option or in the environment, or that a run was begun with. */
const namedPlace = ({ dataFolder, usualPlace }: LoadOptions, { environment }: PlaceOptions): string | null =>
  dataFolder ?? (environment.SHOAL_DATA_DIR || null) ?? usualPlace ?? null;

const fromOf = (data: DataSpec): string | null => ('from' in data ? (data.from ?? null) : null);

const readingOf = ({ fitting = USUAL_FITTING, onReading, onNotice }: LoadOptions): Reading => ({
  fitting,
  onProgress: onReading ?? (() => {}),
  onNotice: (detail) => onNotice({ type: 'dataNoted', detail }),
});

/** What lies in the named place, where that is no set of IDX files. */
const loadOther = async (
  place: string | null,
  data: DataSpec,
  options: LoadOptions,
  { cacheFolder }: PlaceOptions,
): Promise<DataSet | null> => {
  const found = place === null ? null : await recognise(place, fromOf(data), cacheFolder);
  if (found === null || found.source === 'idx') return null;
  const dataSet = await readFiles(found, data, readingOf(options));
  options.onNotice(takenFact(found.path, dataSet));
  return { ...dataSet, place: resolve(place as string) };
};

/** The project's folder of data; the tables that come along, for what is not there. */
const unnamedPlace = async (
  data: DataSpec,
  { projectFolder, cacheFolder }: PlaceOptions,
): Promise<string> => {
  const project = join(projectFolder, 'data');
  const from = fromOf(data);
  if (from === null) return project;
  const [here, bundled] = [await offersIn(project, cacheFolder), await offersIn(EXAMPLES, cacheFolder)];
  const isNamed = ({ name }: { readonly name: string }): boolean => name.replace(/\.\w+$/, '') === from;
  return !here.some(isNamed) && bundled.some(isNamed) ? EXAMPLES : project;
};

/** Data in files of the kind that the spec names. */
const loadFiles = async (
  data: DataSpec & { readonly source: Exclude<FileSource, 'idx'> },
  options: LoadOptions,
  placeOptions: PlaceOptions,
): Promise<DataSet> => {
  const place = namedPlace(options, placeOptions) ?? (await unnamedPlace(data, placeOptions));
  const found = await recognise(place, fromOf(data), placeOptions.cacheFolder);
  if (found === null) {
    throw new DataError(
      `data.source is ${data.source}, but nothing of the kind lies in ${place}. Point to ${SOURCE_TOLD[data.source]} with --data.`,
    );
  }
  checkKind(found, data.source);
  return (await loadOther(place, data, options, placeOptions)) as DataSet;
};

/** A set of the user's own: in the folder that was named, else in the project's. */
const loadIdx = async (
  data: DataSpec,
  options: LoadOptions,
  placeOptions: PlaceOptions,
): Promise<DataSet> => {
  const named = namedPlace(options, placeOptions);
  const from = fromOf(data);
  const other = await loadOther(named, data, options, placeOptions);
  if (other !== null) return other;
  if (from !== null) {
    const root = named ?? join(placeOptions.projectFolder, 'data');
    const found = await recognise(root, from, placeOptions.cacheFolder);
    if (found?.source === 'idx' && resolve(found.path) !== resolve(root)) {
      const own = { ...placeOptions, dataFolder: found.path };
      return {
        ...(await loadIdx({ source: 'idx' } as DataSpec, { ...options, dataFolder: found.path }, own)),
        place: root,
      };
    }
  }
  // The first place: a folder that was named, else the project's.
  const known = named === null ? placeOptions : { ...placeOptions, dataFolder: named };
  const [place] = dataPlaces(known) as [Place, ...Place[]];
  const search = { mnistFirst: false, except: placeOptions.cacheFolder };
  const found = await namedFolder(place, search, place.kind === 'project' ? () => {} : null);
  if (found === null) {
    throw new DataError(
      'data.source is idx, but no folder was given. Point to a folder of four IDX files with --data or SHOAL_DATA_DIR.',
    );
  }
  const { dataSet, notices } = await readSet(found, place, 'idx');
  for (const detail of notices) options.onNotice({ type: 'dataNoted', detail });
  return { ...dataSet, place: resolve(place.folder) };
};

const WHY: { readonly [W in FactOf<'digitsInstead'>['why']]: string } = {
  noDownload: 'downloading is switched off',
  downloadFailed: 'could not be downloaded',
  unreadable: 'could not be read back after its download',
};

/**
 * The built-in digits, in place of what was asked for. `looked` are the sentences on where it was looked for.
 * @throws DataError where nothing may stand in for MNIST
 */
const fallBack = (
  options: LoadOptions,
  why: FactOf<'digitsInstead'>['why'],
  looked: readonly string[],
): DataSet => {
  if (!options.mayStandIn) {
    throw new DataError(
      `MNIST was not found and ${WHY[why]}; the built-in digits cannot take its place here. ${looked.join(' ')} Point to its four files with --data DIR.`,
    );
  }
  options.onNotice({ type: 'digitsInstead', why });
  return digitsDataSet();
};

const loadMnist = async (
  data: DataSpec,
  options: LoadOptions,
  placeOptions: PlaceOptions,
): Promise<DataSet> => {
  const { dataFolder } = options;
  const named = dataFolder ?? (placeOptions.environment.SHOAL_DATA_DIR || null);
  // Among several sets the one in a folder called MNIST is meant.
  const isAmong =
    named !== null &&
    (await offersIn(named, placeOptions.cacheFolder)).length > 1 &&
    (await mnistBelow(named, placeOptions.cacheFolder)).length === 1;
  const other = isAmong ? null : await loadOther(named, data, options, placeOptions);
  if (other !== null) return other;
  const { onProgress, onNotice, mirrors, limits } = options;
  let search = await searchMnist(placeOptions);
  if (!search.found) {
    const places = search.lookedAt.map(({ folder, outcome }) => `${folder} (${outcome})`).join('; ');
    const looked = `MNIST was looked for in: ${places}.`;
    const folders = search.lookedAt.map(({ folder }) => folder);
    onNotice({ type: 'mnistLookedFor', folders, detail: places });
    if (!options.allowDownload) return fallBack(options, 'noDownload', [looked]);
    try {
      const { cacheFolder: folder, environment } = placeOptions;
      const given = { ...(mirrors && { mirrors }), ...(limits && { limits }) };
      // Loaded when it is needed, which is seldom, so that nothing else waits for it.
      const { downloadMnist } = await import('./download.ts');
      const onTrouble = (detail: string): void => onNotice({ type: 'downloadNoted', detail });
      await downloadMnist({ folder, environment, onProgress, onNotice: onTrouble, ...given });
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      onNotice({ type: 'downloadNoted', detail: error.message });
      return fallBack(options, 'downloadFailed', [looked, error.message]);
    }
    search = await searchMnist(placeOptions);
    if (!search.found) return fallBack(options, 'unreadable', [looked]);
  } else {
    for (const { folder, because, outcome } of search.lookedAt.filter(({ passedOver }) => passedOver)) {
      const detail = `The data set in ${folder} (${because}) was passed over: ${outcome}. With --data it is taken.`;
      onNotice({ type: 'dataNoted', detail });
    }
  }
  for (const detail of search.set.notices) onNotice({ type: 'dataNoted', detail });
  const { dataSet, folder } = search.set;
  // MNIST is found again wherever it lies by then; another set only here.
  return dataSet.info.source === 'idx' ? { ...dataSet, place: resolve(folder) } : dataSet;
};

type DataOf<N extends DataSourceName> = Extract<DataSpec, { readonly source: N }>;

type Loader<N extends DataSourceName> = {
  /** @throws DataError, whose message says where it was looked for and how to go on */
  readonly load: (
    data: DataOf<N>,
    options: LoadOptions,
    placeOptions: PlaceOptions,
  ) => DataSet | Promise<DataSet>;
  /** What of the spec's `data` decides which set is loaded, beside the source. */
  readonly key: (data: DataOf<N>) => unknown;
};

const bySourceAlone = (): null => null;

/** How the data set of each source is found and read. */
const LOADERS: { readonly [N in DataSourceName]: Loader<N> } = {
  mnist: { load: loadMnist, key: bySourceAlone },
  idx: { load: loadIdx, key: fromOf },
  pictures: { load: loadFiles, key: fromOf },
  numpy: { load: loadFiles, key: fromOf },
  cifar: { load: loadFiles, key: fromOf },
  tabular: { load: loadFiles, key: (data) => [fromOf(data), data.label, data.ignore] },
  digits: { load: () => digitsDataSet(), key: bySourceAlone },
  table: { load: ({ table }) => tableDataSet(table), key: ({ table }) => table },
};

/**
 * The data set of a run. `mnist` is searched for, then downloaded into the user's cache, and replaced by the
 * built-in digits (info.source `digits`, with a notice) when neither works and they may stand in. Where the user named a
 * folder, or the project's has MNIST with some of its files changed, another set is found (info.source `idx`).
 * @throws DataError, whose message is a sentence for the user
 */
export const loadDataSet = async (data: DataSpec, options: LoadOptions): Promise<DataSet> => {
  const environment = options.environment ?? process.env;
  const placeOptions: PlaceOptions = {
    dataFolder: options.dataFolder,
    projectFolder: options.projectFolder ?? process.cwd(),
    cacheFolder: options.cacheFolder ?? userCacheFolder(environment),
    environment,
  };
  return entryOf(data).load(data, options, placeOptions);
};

/** Names what is loaded for a spec's `data`: equal for those whose samples are chosen from the same set. */
export const dataSetKey = (data: DataSpec, fitting: DataFitting | null = null): string =>
  canonicalJson([
    data.source,
    entryOf(data).key(data),
    data.source === 'table' || data.source === 'digits' ? null : fitting,
  ]);

const entryOf = <N extends DataSourceName>(data: DataOf<N>): Loader<N> => LOADERS[data.source as N];
