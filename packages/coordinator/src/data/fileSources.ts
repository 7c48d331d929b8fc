/** The sources that lie in files which are not MNIST's four: how each is read, and what is said of it. */
import type { DataFoundFact, DataSet, DataSpec } from '@shoal/core';
import { loadCifar } from './cifar.ts';
import { DataError } from './dataError.ts';
import { loadNumpy } from './numpy/numpySet.ts';
import { loadPictures } from './pictures/pictureSet.ts';
import type { Reading } from './reading.ts';
import { type FileSource, type Recognised, SOURCE_TOLD } from './recognise.ts';
import { loadTable, type TableSpec } from './table/tableSet.ts';

type Other = Exclude<Recognised, { readonly source: 'idx' }>;

const LOADERS: {
  readonly [S in Other['source']]: (
    found: Extract<Other, { readonly source: S }>,
    spec: TableSpec,
    reading: Reading,
  ) => Promise<DataSet>;
} = {
  pictures: ({ path, isArchive }, _, reading) => loadPictures(path, isArchive, reading),
  numpy: ({ path, isFolder }, _, reading) => loadNumpy(path, isFolder, reading),
  cifar: ({ path, names }, _, reading) => loadCifar(path, names, reading),
  tabular: ({ path, files }, spec, reading) => loadTable(path, files, spec, reading),
};

/** Reads what was recognised. @throws DataError */
export async function readFiles(found: Other, data: DataSpec, reading: Reading): Promise<DataSet> {
  const load = LOADERS[found.source] as (found: Other, spec: TableSpec, reading: Reading) => Promise<DataSet>;
  return load(found, data.source === 'tabular' ? data : {}, reading);
}

/** The one line on what was found. */
export const takenFact = (place: string, { info, train, validation, test }: DataSet): DataFoundFact => ({
  type: 'dataTaken',
  place,
  source: info.source,
  train: train.count,
  validation: validation?.count ?? 0,
  test: test.count,
  shape: info.shape,
  classes: info.classes,
  label: info.target?.name ?? null,
});

/** @throws DataError where a spec names one kind of data and another lies there */
export function checkKind(found: Recognised, wanted: FileSource): void {
  if (found.source === wanted) return;
  throw new DataError(
    `data.source is ${wanted}, but ${found.path} holds ${SOURCE_TOLD[found.source]}: set data.source=${found.source}, or point to ${SOURCE_TOLD[wanted]} with --data.`,
  );
}
