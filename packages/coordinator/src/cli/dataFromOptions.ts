/** Loads the data set of a run, showing a download's progress on stderr. */
import type { DataFitting, DataFoundFact, DataSpec } from '@shoal/core';
import type { DownloadProgress } from '../data/download.ts';
import { loadDataSet } from '../data/load.ts';
import type { ReadProgress } from '../data/reading.ts';
import type { RunRecord } from '../run/folder/runFolder.ts';
import { fittingOfRun, type LoadedData } from '../run/preparation/plan.ts';
import { err } from '../terminal/terminal.ts';
import type { DataOptions } from './options.ts';
import { bytes } from './output/format.ts';

/** Redrawn at most so often; a download reports every piece. */
const REDRAW_MS = 200;
/** Where lines stay, so often. */
const LINE_MS = 10_000;
/** What is read sooner is not told. */
const QUIET_MS = 1000;

export type LoadWish = {
  readonly mayStandIn: boolean;
  readonly fitting: DataFitting;
  /** Where the data of a run that goes on lay. */
  readonly usualPlace?: string | null;
};

/** For a run that goes on: the very samples that it began with, from where they lay. */
export const wishOf = ({ spec, dataSet, dataPlace }: RunRecord): LoadWish => ({
  mayStandIn: false,
  fitting: fittingOfRun(spec, dataSet),
  usualPlace: dataPlace ?? null,
});

/**
 * `mayStandIn`: whether the built-in digits may take MNIST's place. For a new run they may; whoever asks about a model
 * that is there already wants the data that it is about. @throws DataError, whose message is a sentence
 */
export async function loadData(
  data: DataSpec,
  options: DataOptions,
  { mayStandIn, fitting, usualPlace }: LoadWish,
): Promise<LoadedData> {
  const notices: DataFoundFact[] = [];
  const progress = new ProgressLine();
  try {
    const dataSet = await loadDataSet(data, {
      dataFolder: options.data ?? null,
      allowDownload: options.download,
      mayStandIn,
      fitting,
      usualPlace: usualPlace ?? null,
      onProgress: (report) => progress.show(report),
      onReading: (report) => progress.showReading(report),
      onNotice: (fact) => notices.push(fact),
    });
    // Read for one run, which may move its samples instead of holding them twice.
    return { dataSet: { ...dataSet, isSpent: true }, notices };
  } finally {
    progress.clear();
  }
}

/** One line that is redrawn on a terminal; elsewhere one line for each file that is downloaded, and some for long reading. */
class ProgressLine {
  #drawnAt = 0;
  #file = '';
  #begunAt: number | null = null;

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

  showReading({ what, done, total, unit }: ReadProgress): void {
    const now = performance.now();
    this.#begunAt ??= now;
    if (now - this.#begunAt < QUIET_MS || now - this.#drawnAt < (err.isTerminal ? REDRAW_MS : LINE_MS))
      return;
    this.#drawnAt = now;
    const amount = unit === 'bytes' ? `${bytes(done)} of ${bytes(total)}` : `${done} of ${total} ${unit}`;
    const line = `Reading ${what}: ${amount}`;
    if (err.isTerminal) err.redraw(line);
    else err.lines(line);
  }

  clear(): void {
    err.clear();
  }
}
