/** One run with a coordinator of its own: for programs that start a run, watch its reports and end with it. */
import { join } from 'node:path';
import type { RunResult } from '@shoal/core';
import { openSignedAccess } from '../access/signedAccess.ts';
import { isReport, type StepTimes } from '../news/news.ts';
import type { RunReport } from '../news/reports.ts';
import type { ActiveRun } from '../run/activeRun.ts';
import type { RunStart } from '../run/folder/openRecord.ts';
import { keptPort, readRun } from '../run/folder/runFolder.ts';
import type { WorkerId } from '../transition/model/ids.ts';
import { type NetworkOptions, type OpenCoordinator, openCoordinator } from './openCoordinator.ts';

export type RunHostOptions = {
  /** The folder that holds runs, one folder each. */
  readonly runsFolder: string;
  readonly start: RunStart;
  readonly host: string;
  /** Null: the port that the run's folder remembers, else the usual one, else any free one. */
  readonly port: number | null;
  /** How others reach this machine, when it is not by its own address. */
  readonly publicUrl: string | null;
  /** Null: the token in the run's folder, else a random one. */
  readonly token: string | null;
  readonly localWorkers: number;
  readonly threadsPerWorker: number;
  readonly logLevel: string;
  /** Absent: the usual limits, no other origin, no proxy. */
  readonly network?: NetworkOptions;
};

export interface RunHost {
  readonly runId: string;
  readonly folder: string;
  readonly url: string;
  readonly joinUrl: string;
  /** What gateways join by. */
  readonly gatewayUrl: string;
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
  const { start, runsFolder } = options;
  const folder = start.type === 'resume' ? join(runsFolder, start.runId) : null;
  const { spec } = start.type === 'new' ? start : await readRun(runsFolder, start.runId);
  const open = await openCoordinator({
    runsFolder,
    access: await openSignedAccess(folder, { worker: options.token, operator: null }),
    host: options.host,
    port: options.port,
    keptPort: folder === null ? null : await keptPort(folder),
    publicUrl: options.publicUrl,
    tls: null,
    data: { dataFolder: null, allowDownload: false },
    staysOpen: false,
    spec,
    threadsPerWorker: options.threadsPerWorker,
    logLevel: options.logLevel,
    ...(options.network !== undefined && { network: options.network }),
  });
  try {
    const run = await open.coordinator.open(start);
    const gatewayUrl = `${open.addresses.url}/#${await open.access.tokenFor('gateway')}`;
    return hostOf(open, run, options.localWorkers, gatewayUrl);
  } catch (error) {
    await open.close();
    throw error;
  }
}

function hostOf(open: OpenCoordinator, run: ActiveRun, localWorkers: number, gatewayUrl: string): RunHost {
  const { coordinator, news, locals, addresses, links } = open;
  return {
    runId: run.record.runId,
    folder: run.record.folder,
    url: addresses.url,
    joinUrl: links.join,
    gatewayUrl,
    onReport: (listener) => {
      news.subscribe(
        (item) => {
          if (isReport(item)) listener(item);
        },
        { prints: true },
      );
    },
    onStepTimes: (listener) => {
      news.subscribe((item) => {
        if (item.type !== 'stepDone') return;
        listener(item.times, new Map([...run.state.workers.values()].map(({ id, name }) => [id, name])));
      });
    },
    traffic: () => open.traffic(),
    start: () => {
      coordinator.start(run);
      locals.start(localWorkers);
    },
    stop: (text) => run.stop({ type: 'text', text }),
    finished: run.finished,
    close: () => open.close(),
  };
}
