/**
 * The curve of the steps on disk, `steps.jsonl`: a line a step, `[step, loss, …]` in the order of core's
 * `watch/stepMetrics.ts`. Lines are appended in batches; one that a crash cut short is passed over. It is for looking at only:
 * a run resumes from its checkpoint, and what is missing here is a gap in a curve.
 */
import { pointOfRow, type RunFact, reasonOf, rowOf, type StepPoint } from '@shoal/core';
import { diskFiles } from '../../files/diskFiles.ts';
import { type KeptFiles, readText } from '../../files/keptFiles.ts';
import { StepHistory } from '../report/stepHistory.ts';

/** Lines wait at most so long to be written. */
const FLUSH_MS = 2_000;

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
  readonly #files: KeptFiles;
  readonly #file: string;
  readonly #onProblem: (fact: RunFact) => void;
  #waiting: string[] = [];
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();
  #told = false;

  constructor(file: string, onProblem: (fact: RunFact) => void, files: KeptFiles = diskFiles) {
    this.#files = files;
    this.#file = file;
    this.#onProblem = onProblem;
  }

  /** Puts the file into the state of this history; what came after a resumed step is gone. Rejects as writing does. */
  begin(history: StepHistory): Promise<void> {
    return this.#files.replace(this.#file, history.points.map(lineOf).join(''));
  }

  /** The same while it goes on: the run has gone back, and what it computes again is appended to this. */
  beginAgain(history: StepHistory): void {
    this.#waiting = [];
    const lines = history.points.map(lineOf).join('');
    this.#writing = this.#writing.then(() => this.#write(() => this.#files.replace(this.#file, lines)));
  }

  append(point: StepPoint): void {
    this.#waiting.push(lineOf(point));
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  /** Resolves when everything is written, or cannot be. */
  flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const lines = this.#waiting.join('');
    this.#waiting = [];
    if (lines !== '')
      this.#writing = this.#writing.then(() => this.#write(() => this.#files.append(this.#file, lines)));
    return this.#writing;
  }

  async #write(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (this.#told) return;
      this.#told = true;
      this.#onProblem({ type: 'curveUnwritten', file: this.#file, problem: reasonOf(error) });
    }
  }
}
