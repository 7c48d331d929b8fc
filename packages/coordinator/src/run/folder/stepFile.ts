/**
 * The curve of the steps on disk, `steps.jsonl`: a line a step, `[step, loss, …]` in the order of core's
 * `watch/stepMetrics.ts`. Lines are appended in batches; one that a crash cut short is passed over. It is for looking at only:
 * a run resumes from its checkpoint, and what is missing here is a gap in a curve.
 */
import { pointOfRow, type RunFact, rowOf, type StepPoint } from '@shoal/core';
import { diskFiles } from '../../files/diskFiles.ts';
import { type KeptFiles, readText } from '../../files/keptFiles.ts';
import { StepHistory } from '../report/stepHistory.ts';
import { BatchedFile } from './batchedFile.ts';

/** Steps up to and including `lastStep`, thinned out where there are too many; empty without a file. */
export async function readSteps(
  file: string,
  lastStep = Number.POSITIVE_INFINITY,
  files: KeptFiles = diskFiles,
): Promise<StepHistory> {
  const history = new StepHistory();
  const text = (await readText(files, file).catch(() => null)) ?? '';
  for (const line of text.split('\n')) {
    const point = parseLine(line);
    if (point !== null && point.globalStep <= lastStep) history.add(point);
  }
  return history;
}

function parseLine(line: string): StepPoint | null {
  if (line === '') return null;
  try {
    return pointOfRow(JSON.parse(line));
  } catch {
    return null;
  }
}

const lineOf = (point: StepPoint): string => `${JSON.stringify(rowOf(point))}\n`;

export class StepFile {
  readonly #file: BatchedFile;

  constructor(file: string, onProblem: (fact: RunFact) => void, files: KeptFiles = diskFiles) {
    this.#file = new BatchedFile({ file, files, onProblem });
  }

  /** Puts the file into the state of this history; what came after a resumed step is gone. Rejects as writing does. */
  begin(history: StepHistory): Promise<void> {
    return this.#file.begin(Buffer.from(history.points.map(lineOf).join('')));
  }

  /** The same while it goes on: the run has gone back, and what it computes again is appended to this. */
  beginAgain(history: StepHistory): void {
    const lines = history.points.map(lineOf).join('');
    void this.#file.change(async (file, files) => {
      await files.replace(file, lines);
      return file;
    });
  }

  append(point: StepPoint): void {
    this.#file.append(Buffer.from(lineOf(point)));
  }

  /** Resolves when everything is written, or cannot be. */
  flush(): Promise<void> {
    return this.#file.flush();
  }
}
