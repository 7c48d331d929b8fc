/** Opens a run: its folder, its server, its driver and its local workers, wired together; and closes them again. */
import { appendFile, rm } from 'node:fs/promises';
import {
  type DataSet,
  DEFAULT_LIMITS,
  type EpochRecord,
  explainOutcome,
  exportModel,
  KERNEL_BUILD,
  type RunResult,
  type RunSpec,
  specSha256,
  stepsPerEpoch,
  vectorSha256,
} from '@shoal/core';
import { pino } from 'pino';
import { UserError } from '../errors.ts';
import { CoordinatorServer, lanAddresses } from '../server/server.ts';
import type { TlsIdentity } from '../server/tlsFiles.ts';
import type { EndRecord } from '../transition/effects.ts';
import type { WorkerId } from '../transition/events.ts';
import { initialProgress, startRun } from '../transition/transition.ts';
import { shapeOf } from '../transition/workload.ts';
import { writeAtomically } from './atomicFile.ts';
import { DataBlocks } from './blocks.ts';
import { CheckpointWriter } from './checkpointWriter.ts';
import { RunDoor } from './door.ts';
import { RunDriver } from './driver.ts';
import { LocalWorkers } from './localWorkers.ts';
import { type PreparedRun, prepareRun, probeAnswer } from './prepare.ts';
import { Reporter } from './reporter.ts';
import type { RunReport } from './reports.ts';
import { type Restored, restore } from './restore.ts';
import { createRunFolder, joinToken, keptPort, type RunRecord, readRun, runFiles } from './runFolder.ts';
import type { StepTimes } from './stepTimes.ts';

/** Tried first by a new run; another free port is taken when it is in use. */
export const DEFAULT_PORT = 7465;
const TICK_MS = 50;
const CLOSE_GRACE_MS = 3_000;

export type RunHostOptions = {
  /** The folder that holds runs, one folder each. */
  readonly runsFolder: string;
  readonly start:
    | { readonly type: 'new'; readonly spec: RunSpec; readonly dataSet: DataSet }
    | { readonly type: 'resume'; readonly runId: string; readonly dataSet: DataSet };
  readonly host: string;
  /** Null: the port that the run's folder remembers, else the usual one, else any free one. */
  readonly port: number | null;
  /** How others reach this machine, when it is not by its own address. */
  readonly publicUrl: string | null;
  /** Null: the token in the run's folder, else a random one. */
  readonly token: string | null;
  /** Null: plain http. */
  readonly tls: TlsIdentity | null;
  readonly localWorkers: number;
  readonly threadsPerWorker: number;
  readonly logLevel: string;
};

export interface RunHost {
  readonly runId: string;
  readonly folder: string;
  readonly url: string;
  readonly joinUrl: string;
  onReport(listener: (report: RunReport) => void): void;
  /** Where the time of each step went; Workers are told apart by number, `names` says who they are. */
  onStepTimes(listener: (times: StepTimes, names: ReadonlyMap<WorkerId, string>) => void): void;
  /** Bytes of all messages to and from workers so far. */
  traffic(): { readonly sent: number; readonly received: number };
  start(): void;
  /** Ends the run in order: a checkpoint is written, workers are told. */
  stop(reason: string): void;
  readonly finished: Promise<RunResult>;
  /** Stops serving; idempotent. */
  close(): Promise<void>;
}

/** @throws UserError (or another error with a whole sentence) for whatever the user can mend */
export async function openRun(options: RunHostOptions): Promise<RunHost> {
  const record = await openRecord(options);
  const run = prepareRun(record.spec, options.start.dataSet);
  const restored = options.start.type === 'resume' ? await restore(record, run) : null;
  const token = await joinToken(record.folder, options.token);
  const host = new Host({ options, record, run, token, restored });
  try {
    await host.open();
  } catch (error) {
    // A run that never began leaves nothing behind.
    if (options.start.type === 'new') await rm(record.folder, { recursive: true, force: true });
    throw error;
  }
  return host;
}

async function openRecord(options: RunHostOptions): Promise<RunRecord> {
  const { start, runsFolder } = options;
  if (start.type === 'new') {
    // Whatever does not fit together is said before a folder is made.
    prepareRun(start.spec, start.dataSet);
    const record = { spec: start.spec, dataSet: start.dataSet.info, kernels: KERNEL_BUILD };
    return createRunFolder(runsFolder, record, new Date());
  }
  const record = await readRun(runsFolder, start.runId);
  if (record.result !== null) {
    throw new UserError(
      `The run ${record.runId} has already ended (${record.result.reason}) There is nothing to resume; start a new run with "shoal train".`,
    );
  }
  if (record.dataSet.sha256 !== start.dataSet.info.sha256) {
    throw new UserError(
      `The run ${record.runId} was trained on ${record.dataSet.name} (SHA-256 ${record.dataSet.sha256.slice(0, 12)}…), but the data set found is ${start.dataSet.info.name} (${start.dataSet.info.sha256.slice(0, 12)}…). Point --data to the original one.`,
    );
  }
  return record;
}

type HostParts = {
  readonly options: RunHostOptions;
  readonly record: RunRecord;
  readonly run: PreparedRun;
  readonly token: string;
  readonly restored: Restored;
};

class Host implements RunHost {
  readonly runId: string;
  readonly folder: string;
  readonly finished: Promise<RunResult>;
  url = '';
  joinUrl = '';
  readonly #parts: HostParts;
  readonly #listeners: ((report: RunReport) => void)[] = [];
  readonly #timesListeners: ((times: StepTimes, names: ReadonlyMap<WorkerId, string>) => void)[] = [];
  readonly #log: pino.Logger;
  readonly #blocks: DataBlocks;
  readonly #reporter: Reporter;
  readonly #checkpoints: CheckpointWriter;
  readonly #server: CoordinatorServer;
  readonly #epochs: EpochRecord[];
  #driver: RunDriver | null = null;
  #door: RunDoor | null = null;
  #locals: LocalWorkers | null = null;
  #ticks: NodeJS.Timeout | null = null;
  #closing: Promise<void> | null = null;
  #resolveFinished: (result: RunResult) => void = () => {};
  #ended: EndRecord | null = null;

  constructor(parts: HostParts) {
    const { options, record, run } = parts;
    this.#parts = parts;
    this.runId = record.runId;
    this.folder = record.folder;
    this.#log = pino({ level: options.logLevel, name: 'shoal' }, pino.destination(2));
    this.#blocks = new DataBlocks(run.data);
    const epochsKept = parts.restored?.progress.epoch ?? 0;
    this.#epochs = record.epochs.filter((one) => one.epoch <= epochsKept);
    this.finished = new Promise((resolve) => {
      this.#resolveFinished = resolve;
    });
    this.#reporter = new Reporter({
      model: run.model,
      stepsPerEpoch: stepsPerEpoch(shapeOf(run.facts)),
      clock: () => performance.now(),
      emit: (report) => this.#emit(report),
    });
    const files = runFiles(record.folder);
    this.#checkpoints = new CheckpointWriter({
      model: run.model,
      specSha256: specSha256(record.spec),
      kernels: KERNEL_BUILD,
      files: { last: files.last, best: files.best },
      write: writeAtomically,
      onProblem: (message) => this.#notice('warn', message),
    });
    const limits = DEFAULT_LIMITS;
    this.#server = new CoordinatorServer({
      host: options.host,
      port: options.port,
      preferredPort: DEFAULT_PORT,
      tls: options.tls,
      limits,
      frameBytesMax: run.model.vectorLength * 4 + limits.envelopeBytesMax,
      clock: () => performance.now(),
      routes: (app) => {
        app.get('/healthz', (context) => context.json({ status: 'ok', runId: this.runId }));
        this.#blocks.route(app, parts.token);
        app.get('/', (context) =>
          context.text(`Shoal is training ${this.runId}. Join with: shoal worker ${this.url}/#TOKEN\n`),
        );
      },
      handlers: {
        hello: (connection, hello) => this.#door?.hello(connection, hello),
        message: (connection, message) => this.#door?.message(connection, message),
        closed: (connection, reason) => this.#door?.closed(connection, reason),
      },
    });
  }

  async open(): Promise<void> {
    const { options, record, run, restored, token } = this.#parts;
    if (restored !== null) run.updater.importState(restored.parameters, restored.optimizer);
    const started = startRun(run.facts, restored?.progress ?? initialProgress(run.facts));
    this.#driver = new RunDriver({
      state: started.state,
      pending: started.effects,
      arena: run.arena,
      updater: run.updater,
      best: restored?.best ?? null,
      leases: run.leases,
      probe: await probeAnswer(run),
      workers: {
        send: (worker, frame) => this.#server.connections.get(worker)?.sendFrame(frame),
        bye: (worker, code, message) => this.#server.connections.get(worker)?.end(code, message),
      },
      checkpoints: this.#checkpoints,
      observer: {
        stepDone: (step, times) => {
          this.#reporter.step(step);
          this.#stepTimes(times);
        },
        epochDone: (effect) => this.#epochDone(effect),
        log: (level, message) => this.#log[level](message),
        ended: (end) => void this.#end(end),
      },
      clock: () => performance.now(),
    });
    this.#door = new RunDoor({
      runId: this.runId,
      spec: record.spec,
      token,
      kernels: KERNEL_BUILD,
      manifests: this.#blocks.manifests,
      limits: DEFAULT_LIMITS,
      driver: this.#driver,
      onChange: (change) => {
        if (change.type === 'refused') this.#log.warn(`A worker was refused: ${change.reason}`);
        else this.#reporter.worker(change.type, change.name, change.reason, change.workers);
      },
    });
    const kept = options.start.type === 'resume' ? await keptPort(record.folder) : null;
    const port = await this.#server.listen(kept);
    await this.#prepareFolder(port);
    const loopback = options.host === '0.0.0.0' || options.host === '::';
    const shown = loopback ? (lanAddresses()[0] ?? '127.0.0.1') : options.host;
    this.url =
      options.publicUrl?.replace(/\/+$/, '') ??
      `${options.tls === null ? 'http' : 'https'}://${shown.includes(':') ? `[${shown}]` : shown}:${port}`;
    this.joinUrl = `${this.url}/join#${token}`;
    // No certificate is for the loopback address: local workers join beside TLS, on a door of their own.
    const ownDoor = options.tls !== null && options.localWorkers > 0;
    const localHost = loopback || ownDoor ? '127.0.0.1' : shown;
    const localPort = ownDoor ? await this.#server.listenLocally() : port;
    this.#locals = new LocalWorkers({
      count: options.localWorkers,
      threads: options.threadsPerWorker,
      url: `http://${localHost.includes(':') ? `[${localHost}]` : localHost}:${localPort}`,
      token,
      onNotice: (message) => this.#notice('warn', message),
      onExhausted: () => {
        if (this.#door?.isEmpty === true) this.stop('No local worker could go on, and no other has joined.');
      },
    });
  }

  /** The port, and the records of the epochs that the checkpoint knows of. */
  async #prepareFolder(port: number): Promise<void> {
    const files = runFiles(this.folder);
    try {
      await writeAtomically(files.port, `${port}\n`);
      await writeAtomically(files.epochs, this.#epochs.map((one) => `${JSON.stringify(one)}\n`).join(''));
    } catch (error) {
      await this.close();
      const text = error instanceof Error ? error.message : String(error);
      throw new UserError(
        `The run's folder ${this.folder} cannot be written (${text}). Free some space or mend its permissions; the last checkpoint stays.`,
      );
    }
  }

  onReport(listener: (report: RunReport) => void): void {
    this.#listeners.push(listener);
  }

  onStepTimes(listener: (times: StepTimes, names: ReadonlyMap<WorkerId, string>) => void): void {
    this.#timesListeners.push(listener);
  }

  #stepTimes(times: StepTimes): void {
    if (this.#timesListeners.length === 0) return;
    const workers = this.#driver?.state.workers.values() ?? [];
    const names = new Map([...workers].map(({ id, name }) => [id, name]));
    for (const listener of this.#timesListeners) listener(times, names);
  }

  traffic(): { readonly sent: number; readonly received: number } {
    return this.#server.traffic();
  }

  #emit(report: RunReport): void {
    for (const listener of this.#listeners) listener(report);
  }

  #notice(level: 'info' | 'warn', message: string): void {
    this.#log[level](message);
    this.#emit({ type: 'notice', level, message });
  }

  start(): void {
    const { run, record, options, token, restored } = this.#parts;
    this.#emit({
      type: 'run',
      runId: this.runId,
      folder: this.folder,
      spec: record.spec,
      dataSet: options.start.dataSet.info,
      parameters: run.model.trainableLength,
      stepsPerEpoch: stepsPerEpoch(shapeOf(run.facts)),
      resumedFromStep: restored?.progress.globalStep ?? 0,
    });
    this.#emit({ type: 'listening', url: this.url, joinUrl: this.joinUrl, token });
    this.#reporter.start();
    this.#driver?.start();
    this.#locals?.start();
    this.#ticks = setInterval(() => this.#driver?.tick(), TICK_MS);
  }

  #epochDone(effect: Parameters<Reporter['epoch']>[0]): void {
    const record = this.#reporter.epoch(effect);
    this.#epochs.push(record);
    appendFile(runFiles(this.folder).epochs, `${JSON.stringify(record)}\n`).catch((error: Error) =>
      this.#notice('warn', `The record of epoch ${record.epoch} could not be written (${error.message}).`),
    );
  }

  async #end(end: EndRecord): Promise<void> {
    this.#ended = end;
    const { run, record } = this.#parts;
    const files = runFiles(this.folder);
    const parameters = this.#driver?.parameters() ?? new Float32Array(0);
    const last = this.#epochs.at(-1);
    const delivered = this.#epochs.find((one) => one.epoch === end.bestEpoch) ?? last;
    const totals = this.#reporter.totals();
    const explanation =
      end.state === 'finished'
        ? explainOutcome({ spec: record.spec, epochs: this.#epochs, outputs: run.model.outputs })
        : null;
    const result: RunResult = {
      runId: this.runId,
      state: end.state,
      reason: explanation === null ? end.reason : `${end.reason} ${explanation}`,
      epochs: end.epochs,
      steps: end.steps,
      bestEpoch: end.bestEpoch,
      trainLoss: delivered?.trainLoss ?? null,
      trainAccuracy: delivered?.trainAccuracy ?? null,
      valAccuracy: delivered?.validationAccuracy ?? null,
      testAccuracy: end.testAccuracy,
      testLoss: end.testLoss,
      dataSet: record.dataSet.name,
      ...totals,
      parametersSha256: vectorSha256(parameters),
      modelFile: files.model,
      checkpointFolder: files.checkpoints,
    };
    await this.#checkpoints.flush();
    if (end.state !== 'stopped') {
      try {
        await writeAtomically(
          files.model,
          exportModel(run.model, parameters, { spec: JSON.stringify(record.spec), runId: this.runId }),
        );
        await writeAtomically(files.result, `${JSON.stringify(result, null, 2)}\n`);
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        this.#notice(
          'warn',
          `The result could not be written to ${this.folder} (${text}). The last checkpoint stays; free some space and resume the run.`,
        );
      }
    }
    this.#door?.end(end);
    if (this.#ticks !== null) clearInterval(this.#ticks);
    this.#emit({ type: 'result', ...result });
    this.#resolveFinished(result);
  }

  stop(reason: string): void {
    if (this.#ended === null) this.#driver?.stop(reason);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#ticks !== null) clearInterval(this.#ticks);
    await this.#checkpoints.flush();
    await this.#locals?.close(CLOSE_GRACE_MS);
    await this.#server.close(CLOSE_GRACE_MS);
  }
}
