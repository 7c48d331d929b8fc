/** Carries a run from its opening to its end: prints its reports, obeys Ctrl-C, says how to go on. */
import { join } from 'node:path';
import type { Fact, RunResult, RunSpec } from '@shoal/core';
import type { ActiveRun } from '../run/activeRun.ts';
import type { RunStart } from '../run/folder/openRecord.ts';
import type { OpenCoordinator } from '../service/openCoordinator.ts';
import { out } from '../terminal/terminal.ts';
import { type EndSignal, endReason, exitCodeOf, Interrupt } from './interrupt.ts';
import { openBrowser } from './openBrowser.ts';
import { openFromOptions } from './openFromOptions.ts';
import type { DataOptions, RunOptions } from './options.ts';
import type { Printer } from './output/printer.ts';
import { goOnWithoutReader } from './outputLoss.ts';
import { printerFor, printLinks, reportsTo } from './printing.ts';
import { truthTableLines } from './truthTable.ts';

export type RunToEndOptions = {
  readonly start: RunStart;
  readonly spec: RunSpec;
  readonly options: DataOptions & RunOptions;
  /** To be printed once the run is named. */
  readonly notices: readonly Fact[];
  /** Called before anything is computed. */
  readonly onOpen?: (runId: string) => Promise<void>;
};

/** @returns the exit code: 0 finished or stopped on the page, 1 diverged, failed or not written, above 128 interrupted */
export async function runToEnd({ start, spec, options, notices, onOpen }: RunToEndOptions): Promise<number> {
  // For people at a terminal the page stays, and further runs can be started there.
  const staysOpen = options.json !== true && out.isTerminal;
  const folder = start.type === 'resume' ? join(options.out, start.runId) : null;
  const open = await openFromOptions(options, { folder, staysOpen, spec });
  let run: ActiveRun;
  try {
    run = await open.coordinator.open(start);
    await onOpen?.(run.record.runId);
  } catch (error) {
    await open.close();
    throw error;
  }
  // Not awaited, so that nothing holds on to the data set as it was loaded: the run has made what it needs of it.
  return follow({ open, run, options, notices, staysOpen });
}

type Followed = Pick<RunToEndOptions, 'options' | 'notices'> & {
  readonly open: OpenCoordinator;
  readonly run: ActiveRun;
  readonly staysOpen: boolean;
};

/** Lets the run go on and prints it, until everything is over and closed. */
async function follow({ open, run, options, notices, staysOpen }: Followed): Promise<number> {
  const printer = printerFor(options, false);
  let interrupt: Interrupt | null = null;
  try {
    for (const fact of notices) {
      const level = fact.type === 'dataTaken' ? 'info' : 'warn';
      printer.report({ type: 'notice', level, facts: [fact] });
    }
    const note = (fact: Fact): void => open.coordinator.remark(fact);
    interrupt = new Interrupt((signal) => stopRun(open, run, signal), note);
    goOnWithoutReader(note);
    open.news.subscribe(reportsTo(printer, options), { prints: true });
    open.coordinator.start(run);
    printLinks(open, printer);
    open.locals.start(options.workers);
    if (options.workers === 0) printer.say('Waiting for workers: the run starts with the first that joins.');
    if (options.open === true) openBrowser(open.links.dashboard);
    const result = await run.finished;
    if (options.json !== true) await afterwards(result, open, printer, interrupt, staysOpen);
    return exitCodeFor(run, result, interrupt.signal);
  } finally {
    printer.pause();
    await open.close();
    interrupt?.release();
  }
}

function exitCodeFor(run: ActiveRun, { state }: RunResult, signal: EndSignal | null): number {
  if (state === 'stopped' && run.gaveUp) return 1;
  if (state === 'stopped') return signal === null ? 0 : exitCodeOf(signal);
  return state === 'finished' && run.isDelivered ? 0 : 1;
}

function stopRun(open: OpenCoordinator, run: ActiveRun, signal: EndSignal): void {
  open.coordinator.leave();
  run.stop(endReason(signal));
}

/** For people: the truth table that was learned; on a terminal the page stays until Ctrl-C. */
async function afterwards(
  result: RunResult,
  open: OpenCoordinator,
  printer: Printer,
  interrupt: Interrupt,
  staysOpen: boolean,
): Promise<void> {
  if (result.state !== 'stopped') {
    const table = await truthTableLines(result.modelFile);
    if (table !== null) printer.say(...table);
  }
  // Whoever closed the terminal can no longer press Ctrl-C.
  if (!staysOpen || interrupt.signal !== null || out.lost !== null) return;
  printer.say(`Still serving ${open.addresses.url}, where another run can be started. Press Ctrl-C to end.`);
  await endCoordinator(open, await new Promise<EndSignal>((resolve) => interrupt.redirect(resolve)));
}

/** Ctrl-C while the page is served: a run that goes on is stopped in order, and workers that wait are told. */
export async function endCoordinator({ coordinator }: OpenCoordinator, signal: EndSignal): Promise<void> {
  coordinator.leave();
  const run = coordinator.current;
  if (run !== null && run.ended === null) run.stop(endReason(signal));
  await run?.finished;
  await coordinator.lastCall();
}
