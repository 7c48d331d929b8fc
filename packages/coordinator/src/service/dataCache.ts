/** Loads data sets for runs from the page, and keeps the last one: the next spec is mostly about the same. */
import type { DataFoundFact, DataSpec } from '@shoal/core';
import { dataSetKey, loadDataSet } from '../data/load.ts';
import type { LoadedData } from '../run/preparation/plan.ts';

/** Where data comes from, as the command line says it. */
export type DataSource = { readonly dataFolder: string | null; readonly allowDownload: boolean };

export class DataCache {
  readonly #source: DataSource;
  #kept: { readonly key: string; readonly loaded: Promise<LoadedData> } | null = null;

  constructor(source: DataSource) {
    this.#source = source;
  }

  /** @throws DataError, whose message is a sentence */
  load(data: DataSpec): Promise<LoadedData> {
    const key = dataSetKey(data);
    if (this.#kept?.key !== key) {
      const loaded = this.#load(data);
      this.#kept = { key, loaded };
      // What could not be had, or only something else in its place, is looked for again.
      loaded.then(
        ({ dataSet }) => {
          if (dataSet.info.source !== data.source) this.#forget(key);
        },
        () => this.#forget(key),
      );
      return loaded;
    }
    return this.#kept.loaded;
  }

  #forget(key: string): void {
    if (this.#kept?.key === key) this.#kept = null;
  }

  async #load(data: DataSpec): Promise<LoadedData> {
    const notices: DataFoundFact[] = [];
    const dataSet = await loadDataSet(data, {
      ...this.#source,
      mayStandIn: true,
      onProgress: () => {},
      onNotice: (fact) => notices.push(fact),
    });
    return { dataSet, notices };
  }
}
