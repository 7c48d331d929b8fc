/** `shoal serve` without a spec: a coordinator whose runs are started, one after another, from its page. */

import { counted, type Fact, type QueueView, reasonOf } from '@shoal/core';
import { foundAccessRecord } from '../access/accessFile.ts';
import type { OpenCoordinator } from '../service/openCoordinator.ts';
import { goOnWith, keepRunFile } from './followRuns.ts';
import { type EndSignal, exitCodeOf, Interrupt } from './interrupt.ts';
import { keepPlace } from './keptPlace.ts';
import { openBrowser } from './openBrowser.ts';
import { openFromOptions } from './openFromOptions.ts';
import type { DataOptions, RunFileOptions, RunOptions } from './options.ts';
import { goOnWithoutReader } from './outputLoss.ts';
import { printerFor, printLinks, reportsTo } from './printing.ts';
import { unfinishedRun } from './runFile.ts';
import { endCoordinator } from './runToEnd.ts';

/** What differs between a coordinator that is served and one that a lecture is held with. */
export type Opening = {
  /** The page that is opened, from the link to the dashboard; null where the command line does not ask for any. */
  readonly page: ((dashboard: string) => string) | null;
  /** One line each. */
  readonly says: (dashboard: string) => readonly string[];
};

const DASHBOARD: Opening = {
  page: null,
  says: () => ['Waiting for a run: start one on the dashboard. Press Ctrl-C to end.'],
};

/** Serves until Ctrl-C or SIGTERM. @returns the exit code: 0 ended as it was told to, 129 ended with its terminal */
export async function serveRuns(
  options: DataOptions & RunOptions & RunFileOptions,
  opening: Opening = DASHBOARD,
): Promise<number> {
  const printer = printerFor(options, true);
  const { runFile } = options;
  const unfinished = runFile ? await unfinishedRun(runFile, options.out) : null;
  // Port and tokens lie beside the runs, so that workers and links outlive a restart.
  await foundAccessRecord(options.out);
  const open = await openFromOptions(options, { folder: options.out, staysOpen: true, spec: null });
  let askToEnd: (signal: EndSignal) => void = () => {};
  const interrupted = new Promise<EndSignal>((resolve) => {
    askToEnd = resolve;
  });
  const note = (fact: Fact): void => open.coordinator.remark(fact);
  const interrupt = new Interrupt((signal) => askToEnd(signal), note);
  goOnWithoutReader(note);
  try {
    await keepPlace(options.out, open);
    open.news.subscribe(reportsTo(printer, options), { prints: true });
    printLinks(open, printer);
    open.locals.start(options.workers);
    if (runFile) keepRunFile(runFile, open, () => interrupt.signal !== null);
    if (unfinished !== null) await goOnWith(unfinished, open, options);
    const { going, waiting } = await takeUpQueue(open);
    if (going !== null || waiting.length > 0)
      printer.say(
        `Going on with the queue: ${counted(waiting.length + (going === null ? 0 : 1), 'entry', { many: 'entries' })}.`,
      );
    else if (unfinished === null) for (const line of opening.says(open.links.dashboard)) printer.say(line);
    if (opening.page !== null) openBrowser(opening.page(open.links.dashboard));
    else if (options.open === true) openBrowser(open.links.dashboard);
    const signal = await interrupted;
    await endCoordinator(open, signal);
    return signal === 'SIGHUP' ? exitCodeOf(signal) : 0;
  } finally {
    printer.pause();
    await open.close();
    interrupt.release();
  }
}

/** A queue that cannot be gone on with is told of, and the coordinator serves all the same. */
async function takeUpQueue({ service, coordinator }: OpenCoordinator): Promise<QueueView> {
  try {
    await service.queue.load();
  } catch (error) {
    coordinator.notice({ type: 'text', text: reasonOf(error) });
  }
  return service.queue.view;
}
