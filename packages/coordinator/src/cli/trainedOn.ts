/** What a delivered model was trained on, held against the data set found and against what another was trained on. */
import { DATA_SOURCES, type DataSetInfo, type DataSpec } from '@shoal/core';
import { describeDataSet, isSameDataSet } from '../data/identity.ts';
import type { DeliveredModel } from './deliveredModel.ts';

/** What speaks against taking this data set for the one that the model was trained on; null for nothing. */
export function doubtAbout(
  { file, spec, dataSet }: DeliveredModel,
  found: DataSetInfo,
): { readonly isOther: boolean; readonly sentence: string } | null {
  if (dataSet !== null) {
    if (isSameDataSet(dataSet, found)) return null;
    return {
      isOther: true,
      sentence: `${file} was trained on ${describeDataSet(dataSet)}, but the data set found is ${describeDataSet(found)}.`,
    };
  }
  // Most sets are known by their source; of one of the user's own an older file says nothing.
  const source = spec?.data.source;
  if (source !== undefined && !DATA_SOURCES[source].isOwn) {
    if (source === found.source) return null;
    return {
      isOther: true,
      sentence: `${file} was trained on ${source}, but the data set found is ${describeDataSet(found)}.`,
    };
  }
  return {
    isOther: false,
    sentence: `${file} does not say what it was trained on: it is evaluated on ${describeDataSet(found)}.`,
  };
}

/** A sentence that names both where two models are known to have been trained on different data sets, else null. */
export function disagreementOf(one: DeliveredModel, other: DeliveredModel): string | null {
  const isSame =
    one.dataSet !== null && other.dataSet !== null
      ? isSameDataSet(one.dataSet, other.dataSet)
      : sourceName(one) === null || sourceName(other) === null || sourceName(one) === sourceName(other);
  if (isSame) return null;
  return `${one.file} was trained on ${trainedOn(one)}, but ${other.file} on ${trainedOn(other)}.`;
}

const trainedOn = (model: DeliveredModel): string =>
  model.dataSet === null ? String(sourceName(model)) : describeDataSet(model.dataSet);

/** The source, of truth tables the table: what tells apart those sets that are not the user's own. Null for these. */
function sourceName({ spec }: DeliveredModel): string | null {
  const data: DataSpec | undefined = spec?.data;
  if (data === undefined || DATA_SOURCES[data.source].isOwn) return null;
  return data.source === 'table' ? data.table : data.source;
}
