/** The runs in the folder of runs: their list, as last read, and one of them in detail. */
import { compileModel, type RunDetail, type RunStateName, type RunSummary } from '@shoal/core';
import type { KeptFiles } from '../files/keptFiles.ts';
import type { NewsStream } from '../news/news.ts';
import { keptSteps, readState } from '../run/folder/keptStates.ts';
import { type RunRecord, readRun, runFiles } from '../run/folder/runFolder.ts';
import { ControlError, type SharedBytes } from '../server/coordinatorControl.ts';
import type { Coordinator } from './coordinator.ts';
import { runView } from './runView.ts';
import { detailOf, readSummaries } from './summaries.ts';

export type RunListOptions = {
  readonly runsFolder: string;
  readonly files: KeptFiles;
  readonly coordinator: Pick<Coordinator, 'current'>;
  readonly news: NewsStream;
};

export class RunList {
  readonly #options: RunListOptions;
  #runs: readonly RunSummary[] = [];
  /** Reads of the folder of runs, one after another: many at once would hold all that they have read. */
  #reading: Promise<unknown> = Promise.resolve();
  /** A reading of the list that has not begun, which serves everyone who asks meanwhile. */
  #nextList: Promise<readonly RunSummary[]> | null = null;

  constructor(options: RunListOptions) {
    this.#options = options;
    const { news } = options;
    news.subscribe(({ type }) => {
      if (type !== 'run' && type !== 'result') return;
      this.read().catch((error: Error) => {
        const facts = [{ type: 'runsUnreadable', problem: error.message } as const];
        news.publish({ type: 'remark', level: 'warn', kind: 'run', facts });
      });
    });
  }

  /** Newest first, as last read. */
  get runs(): readonly RunSummary[] {
    return this.#runs.map((run) => ({ ...run, state: this.#liveState(run.runId) ?? run.state }));
  }

  /** Reads the folder again. */
  read(): Promise<readonly RunSummary[]> {
    this.#nextList ??= this.#inTurn(() => {
      this.#nextList = null;
      return this.#readList();
    });
    return this.#nextList;
  }

  /** @throws ControlError when there is no such run */
  async detail(runId: string): Promise<RunDetail> {
    const detail = await this.#inTurn(async () =>
      detailOf(this.#options.files, await this.record(runId), this.#liveState(runId)),
    );
    const run = this.#options.coordinator.current;
    // What has not been written yet is known here.
    return run?.record.runId === runId ? { ...detail, steps: run.steps.after(0), trust: run.trust } : detail;
  }

  async keptSteps(runId: string): Promise<readonly number[]> {
    const { folder } = await this.record(runId);
    return keptSteps(this.#options.files, runFiles(folder).states);
  }

  /** @throws ControlError when there is no such run, or nothing was kept of this step */
  async keptState(runId: string, step: number): Promise<SharedBytes> {
    const { folder, spec } = await this.record(runId);
    const model = compileModel(spec.model);
    const values = await readState(this.#options.files, runFiles(folder).states, { step, model });
    if (values === null) {
      throw new ControlError('noSuchState', `The parameters of ${runId} after step ${step} are not kept.`);
    }
    return { key: `state ${runId} ${step}`, make: () => new Uint8Array(values.buffer) };
  }

  /** @throws ControlError when there is no such run */
  async record(runId: string): Promise<RunRecord> {
    // What pages send is no path: names of runs have no dots and slashes.
    const record = /^[A-Za-z0-9-]{1,128}$/.test(runId)
      ? await readRun(this.#options.runsFolder, runId, this.#options.files).catch(() => null)
      : null;
    if (record === null) {
      throw new ControlError('noSuchRun', `There is no run "${runId.slice(0, 128)}" here.`);
    }
    return record;
  }

  #inTurn<T>(read: () => Promise<T>): Promise<T> {
    const turn = this.#reading.then(read);
    this.#reading = turn.catch(() => {});
    return turn;
  }

  async #readList(): Promise<readonly RunSummary[]> {
    const before = JSON.stringify(this.#runs);
    this.#runs = await readSummaries(this.#options.files, this.#options.runsFolder, (runId) =>
      this.#liveState(runId),
    );
    if (JSON.stringify(this.#runs) !== before) this.#options.news.publish({ type: 'runsChanged' });
    return this.runs;
  }

  /** Null unless it is the run that goes on. */
  #liveState(runId: string): RunStateName | null {
    const run = this.#options.coordinator.current;
    return run !== null && run.record.runId === runId && run.result === null ? runView(run).state : null;
  }
}
