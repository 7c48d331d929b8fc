/** Loads the data set of a run, showing a download's progress on stderr. */
import type { DataFoundFact, DataSpec } from '@shoal/core';
import type { DownloadProgress } from '../data/download.ts';
import { loadDataSet } from '../data/load.ts';
import type { LoadedData } from '../run/preparation/plan.ts';
import { err } from '../terminal/terminal.ts';
import type { DataOptions } from './options.ts';
import { bytes } from './output/format.ts';

/** Redrawn at most so often; a download reports every piece. */
const REDRAW_MS = 200;

/**
 * `mayStandIn`: whether the built-in digits may take MNIST's place. For a new run they may; whoever asks about a model
 * that is there already wants the data that it is about. @throws DataError, whose message is a sentence
 */
export async function loadData(
  data: DataSpec,
  options: DataOptions,
  { mayStandIn }: { readonly mayStandIn: boolean },
): Promise<LoadedData> {
  const notices: DataFoundFact[] = [];
  const progress = new DownloadLine();
  try {
    const dataSet = await loadDataSet(data, {
      dataFolder: options.data ?? null,
      allowDownload: options.download,
      mayStandIn,
      onProgress: (report) => progress.show(report),
      onNotice: (fact) => notices.push(fact),
    });
    return { dataSet, notices };
  } finally {
    progress.clear();
  }
}

/** One line that is redrawn on a terminal; elsewhere one line for each file. */
class DownloadLine {
  #drawnAt = 0;
  #file = '';

  show({ file, number, files, receivedBytes, totalBytes }: DownloadProgress): void {
    const total = totalBytes === null ? '' : ` of ${bytes(totalBytes)}`;
    const text = `Downloading ${file} (${number} of ${files})`;
    if (!err.isTerminal) {
      if (file !== this.#file) err.lines(text);
      this.#file = file;
      return;
    }
    const now = performance.now();
    if (now - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = now;
    err.redraw(`${text}: ${bytes(receivedBytes)}${total}`);
  }

  clear(): void {
    err.clear();
  }
}
