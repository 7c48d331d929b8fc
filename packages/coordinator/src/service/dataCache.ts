/** Loads data sets for runs from the page, and keeps the last one: the next spec is mostly about the same. */
import type { DataFitting, DataFoundFact, DataOffer, DataSpec } from '@shoal/core';
import { dataSetKey, loadDataSet } from '../data/load.ts';
import { userCacheFolder } from '../data/places.ts';
import { offersIn } from '../data/recognise.ts';
import type { LoadedData } from '../run/preparation/plan.ts';

/** Larger sets are read anew for each run rather than held beside it. */
const KEPT_BYTES_MAX = 256 * 1024 * 1024;

/** Where data comes from, as the command line says it. */
export type DataSource = { readonly dataFolder: string | null; readonly allowDownload: boolean };

export class DataCache {
  readonly #source: DataSource;
  #kept: { readonly key: string; readonly loaded: Promise<LoadedData> } | null = null;

  constructor(source: DataSource) {
    this.#source = source;
  }

  /** @throws DataError, whose message is a sentence */
  load(data: DataSpec, fitting: DataFitting, usualPlace: string | null = null): Promise<LoadedData> {
    const key = `${dataSetKey(data, fitting)} ${usualPlace ?? ''}`;
    if (this.#kept?.key !== key) {
      const loaded = this.#load(data, fitting, usualPlace);
      this.#kept = { key, loaded };
      // What could not be had, or only something else in its place, is looked for again.
      loaded.then(
        ({ dataSet }) => {
          if (dataSet.isSpent === true || dataSet.info.source !== data.source) this.#forget(key);
        },
        () => this.#forget(key),
      );
      return loaded;
    }
    return this.#kept.loaded;
  }

  /** What lies in the folder that was named, or in the project's; a set that it is itself is none of several. */
  offers(): Promise<readonly DataOffer[]> {
    const folder = this.#source.dataFolder ?? (process.env.SHOAL_DATA_DIR || 'data');
    return offersIn(folder, userCacheFolder());
  }

  #forget(key: string): void {
    if (this.#kept?.key === key) this.#kept = null;
  }

  async #load(data: DataSpec, fitting: DataFitting, usualPlace: string | null): Promise<LoadedData> {
    const notices: DataFoundFact[] = [];
    const dataSet = await loadDataSet(data, {
      ...this.#source,
      ...{ mayStandIn: true, fitting, usualPlace },
      onProgress: () => {},
      onNotice: (fact) => notices.push(fact),
    });
    // A large one is not there twice: the run takes the memory that it was read into.
    const isSpent = dataSet.train.inputs.values.byteLength > KEPT_BYTES_MAX;
    return { dataSet: { ...dataSet, isSpent }, notices };
  }
}
