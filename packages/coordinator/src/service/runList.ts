/** The runs in the folder of runs: their list, as last read, and one of them in detail. */
import {
  askRuns,
  canSortRunsBy,
  compileModel,
  importParameters,
  type RunDetail,
  type RunListView,
  type RunQuery,
  type RunRow,
  type RunStateName,
  type RunSummary,
  type RunsMark,
} from '@shoal/core';
import { UserError } from '../errors.ts';
import { diskFiles } from '../files/diskFiles.ts';
import type { KeptFiles } from '../files/keptFiles.ts';
import type { NewsStream } from '../news/news.ts';
import { keptSteps, readState } from '../run/folder/keptStates.ts';
import { changeLabel, readLabel } from '../run/folder/label.ts';
import type { RunLock } from '../run/folder/lock.ts';
import { type RunRecord, readRun, runFiles } from '../run/folder/runFolder.ts';
import { curvesCsv } from '../run/report/curvesCsv.ts';
import { removeRun } from '../runs/removeRun.ts';
import { RunTable } from '../runs/runTable.ts';
import {
  ControlError,
  type KeptRunsControl,
  type LabelChange,
  type SharedBytes,
} from '../server/coordinatorControl.ts';
import type { Coordinator } from './coordinator.ts';
import { detailOf } from './details.ts';
import { runView } from './runView.ts';

export type RunListOptions = {
  readonly runsFolder: string;
  readonly files: KeptFiles;
  readonly coordinator: Pick<Coordinator, 'current'>;
  readonly news: NewsStream;
  /** How a run is held that nobody may go on with, where its folder is not on a disk; null where it is. */
  readonly lock: (() => RunLock) | null;
};

/** Pages ask again and again. Folders are looked at no more often than this, and for a small part of the time. */
const LOOK_MS = 2_000;
const LOOK_PART = 0.05;

export class RunList implements KeptRunsControl {
  readonly #options: RunListOptions;
  readonly #table: RunTable;
  /** Reads of single runs, one after another: many at once would hold all that they have read. */
  #reading: Promise<unknown> = Promise.resolve();
  #change = 0;
  /** When the folders may be looked at again; null before the first time. */
  #nextLook: number | null = null;
  /** What this coordinator itself has changed is in every answer from then on. */
  #settled: Promise<void> | null = null;

  constructor(options: RunListOptions) {
    this.#options = options;
    const { news, runsFolder, files } = options;
    this.#table = new RunTable({
      ...{ runsFolder, files, hasIndex: files === diskFiles },
      tell: (fact) => news.publish({ type: 'remark', level: 'info', kind: 'run', facts: [fact] }),
    });
    news.subscribe(({ type }) => {
      if (type === 'run' || type === 'result') void this.refresh();
    });
  }

  get mark(): RunsMark {
    return { count: this.#table.rows.length, change: this.#change };
  }

  /** Reads what has changed in the folders; what cannot be read is told. */
  refresh(): Promise<void> {
    const settled = this.#refresh().finally(() => {
      if (this.#settled === settled) this.#settled = null;
    });
    this.#settled = settled;
    return settled;
  }

  async #refresh(): Promise<void> {
    const { news } = this.#options;
    const begun = performance.now();
    this.#nextLook = begun + LOOK_MS;
    try {
      if (await this.#table.refresh()) this.#changed();
      const now = performance.now();
      this.#nextLook = Math.max(begun + LOOK_MS, now + (now - begun) / LOOK_PART);
    } catch (error) {
      const facts = [{ type: 'runsUnreadable', problem: (error as Error).message } as const];
      news.publish({ type: 'remark', level: 'warn', kind: 'run', facts });
    }
  }

  #changed(): void {
    this.#change += 1;
    this.#options.news.publish({ type: 'runsChanged' });
  }

  /**
   * Answers from what is known. Whether folders have come or gone since is looked up afterwards, and told to whoever
   * watches.
   * @throws UserError for a field to sort by that no run has
   */
  async ask(query: RunQuery): Promise<RunListView> {
    if (this.#nextLook === null) void this.refresh();
    await this.#settled;
    const rows = this.#rows;
    if (rows.length > 0 && !canSortRunsBy(query.sort, rows)) {
      throw new UserError(
        `No run has a "${query.sort}" to sort by: name a figure such as testAccuracy, or a field of a spec such as optimizer.lr.`,
      );
    }
    if (performance.now() > (this.#nextLook ?? 0)) setImmediate(() => void this.#refresh());
    return askRuns(rows, query);
  }

  /** With what is known of the run that goes on. */
  get #rows(): readonly RunRow[] {
    const run = this.#options.coordinator.current;
    const live = run === null ? null : this.#liveState(run.record.runId);
    if (run === null || live === null) return this.#table.rows;
    return this.#table.rows.map((row) =>
      row.summary.runId === run.record.runId ? { ...row, summary: { ...row.summary, state: live } } : row,
    );
  }

  /** @throws ControlError when there is no such run */
  async detail(runId: string): Promise<RunDetail> {
    const { files } = this.#options;
    const detail = await this.#inTurn(async () => {
      const record = await this.record(runId);
      return detailOf(files, record, await readLabel(record.folder, files), this.#liveState(runId));
    });
    const run = this.#options.coordinator.current;
    // What has not been written yet is known here.
    return run?.record.runId === runId ? { ...detail, steps: run.steps.after(0), trust: run.trust } : detail;
  }

  async curvesCsv(runId: string): Promise<string> {
    const { spec, steps, records } = await this.detail(runId);
    return curvesCsv(spec, steps, records);
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

  /** A run that began with the file of this hash, as far as is known; null without. */
  async begunWith(sha256: string): Promise<string | null> {
    if (this.#nextLook === null) await this.refresh();
    return this.#rows.find(({ spec }) => spec.initial?.sha256 === sha256)?.summary.runId ?? null;
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

  /** The file of the model that the run has delivered. @throws ControlError when there is none */
  async model(runId: string): Promise<SharedBytes> {
    const { files } = this.#options;
    const { folder, result } = await this.record(runId);
    const bytes = result === null ? null : await files.read(runFiles(folder).model).catch(() => null);
    if (bytes === null) throw new ControlError('noModel', `The run ${runId} has delivered no model.`);
    const key = `model ${runId} ${result?.parametersSha256 ?? ''}`;
    return { key, make: () => new Uint8Array(bytes) };
  }

  /** What it holds, as the flat vector; `steps` were done to it. @throws ControlError when there is none */
  async parameters(runId: string): Promise<SharedBytes & { readonly globalStep: number }> {
    const { spec, result } = await this.record(runId);
    const { key, make } = await this.model(runId);
    return {
      key: `parameters of ${key}`,
      globalStep: result?.steps ?? 0,
      make: () => new Uint8Array(importParameters(compileModel(spec.model), make()).buffer),
    };
  }

  /** @throws ControlError when there is no such run, UserError for what is no label or cannot be written */
  async label(runId: string, change: LabelChange): Promise<RunSummary> {
    const { folder } = await this.record(runId);
    await changeLabel(folder, change, this.#options.files);
    await this.refresh();
    const row = this.#rows.find(({ summary }) => summary.runId === runId);
    if (row === undefined) throw new ControlError('noSuchRun', `There is no run "${runId}" here.`);
    return row.summary;
  }

  /** For good. @throws ControlError when there is no such run or it goes on, UserError when it cannot be deleted */
  async delete(runId: string): Promise<void> {
    const { runsFolder, files, lock } = this.#options;
    await this.record(runId);
    if (this.#liveState(runId) !== null) {
      throw new ControlError('runNotEnded', `The run ${runId} goes on: stop it before it is deleted.`);
    }
    await removeRun(runsFolder, runId, files, lock?.() ?? null);
    await this.refresh();
  }

  close(): void {
    this.#table.close();
  }

  #inTurn<T>(read: () => Promise<T>): Promise<T> {
    const turn = this.#reading.then(read);
    this.#reading = turn.catch(() => {});
    return turn;
  }

  /** Null unless it is the run that goes on. */
  #liveState(runId: string): RunStateName | null {
    const run = this.#options.coordinator.current;
    return run !== null && run.record.runId === runId && run.result === null ? runView(run).state : null;
  }
}
