/** `shoal sweep FILE`: trains the trials of a sweep one after another, on the workers that are there, and says which is best. */
import { basename } from 'node:path';
import { type Fact, type Sweep, type SweepView, valuesText } from '@shoal/core';
import { diskFiles } from '../../files/diskFiles.ts';
import type { News } from '../../news/news.ts';
import { InitialModels } from '../../run/folder/initialModels.ts';
import { placed } from '../../run/preparation/specFromFields.ts';
import type { OpenCoordinator } from '../../service/openCoordinator.ts';
import { sweepOf } from '../../sweep/sweepFiles.ts';
import { SweepRun } from '../../sweep/sweepRun.ts';
import { out } from '../../terminal/terminal.ts';
import { readConfig } from '../configFile.ts';
import { endReason, exitCodeOf, Interrupt } from '../interrupt.ts';
import { keepPlace, sweepPortFile } from '../keptPlace.ts';
import { openBrowser } from '../openBrowser.ts';
import { openFromOptions } from '../openFromOptions.ts';
import type { DataOptions, RunOptions } from '../options.ts';
import { figure } from '../output/format.ts';
import type { Printer } from '../output/printer.ts';
import { stateText, sweepTable } from '../output/sweepText.ts';
import { goOnWithoutReader } from '../outputLoss.ts';
import { printerFor, printLinks, reportsTo } from '../printing.ts';

type Options = DataOptions & RunOptions & { readonly table?: boolean };

const SWEEP_FILE = { what: 'sweep', of: 'sweep', asked: 'after "shoal sweep"' } as const;

/** @returns the exit code: 0 all trials are done, 1 something stands in the way, above 128 interrupted */
export async function sweep(file: string, options: Options): Promise<number> {
  const models = new InitialModels({ files: diskFiles, runsFolder: options.out });
  const input = await models.namedSweep(await readConfig(file, SWEEP_FILE));
  const { written, known } = await readFrom(file, input, options.out);
  if (options.table === true) {
    print(known.view('halted'), options);
    return 0;
  }
  // Port and tokens lie beside the runs, so that workers find it again when it is gone on with.
  const open = await openFromOptions(options, {
    ...{ folder: options.out, portFile: sweepPortFile(options.out, written.name) },
    ...{ staysOpen: true, spec: written.base },
  });
  try {
    return await carryOut(open, input, written.name, options);
  } finally {
    await open.close();
  }
}

/** Whatever is wrong with it is said with the file's name. @throws SpecError or UserError */
async function readFrom(
  file: string,
  input: unknown,
  runsFolder: string,
): Promise<{ readonly written: Sweep; readonly known: SweepRun }> {
  try {
    const written = sweepOf(input);
    return { written, known: await SweepRun.open(diskFiles, runsFolder, written) };
  } catch (error) {
    throw placed(error, basename(file));
  }
}

async function carryOut(
  open: OpenCoordinator,
  input: unknown,
  name: string,
  options: Options,
): Promise<number> {
  const { coordinator, service, news, locals, access, addresses } = open;
  // Nothing is printed of a sweep that cannot begin.
  await service.sweeps.check(input);
  const printer = printerFor(options, true);
  const note = (fact: Fact): void => coordinator.remark(fact);
  const interrupt = new Interrupt((signal) => {
    coordinator.leave();
    const run = coordinator.current;
    if (run !== null && run.ended === null) run.stop(endReason(signal));
  }, note);
  goOnWithoutReader(note);
  try {
    // Of sweeps that begin at once in a new folder, the first lays down the key of all; one that is refused leaves none.
    await access.found(options.out);
    const links = await addresses.links(access);
    await keepPlace(options.out, open, sweepPortFile(options.out, name));
    const reports = reportsTo(printer, options);
    news.subscribe((item) => {
      // Of each run, what matters here is what has come of it.
      if (item.type === 'notice' || options.verbose === true) reports(item);
      if (item.type === 'result') printTrial(item, service.sweeps.going, printer, options);
    });
    printLinks({ addresses, links }, printer);
    locals.start(options.workers);
    if (options.workers === 0)
      printer.say('Waiting for workers: the first trial starts with the first that joins.');
    if (options.open === true) openBrowser(links.dashboard);
    await service.sweeps.start(input);
    await untilOver(open, () => interrupt.signal !== null);
    await coordinator.current?.finished;
    const view = await service.sweeps.view(name);
    printer.pause();
    print(view, options);
    if (view.state !== 'done') printer.say(`Go on with: npx --no shoal sweep, and the same file and folder.`);
    coordinator.leave();
    await coordinator.lastCall();
    if (interrupt.signal !== null) return exitCodeOf(interrupt.signal);
    return view.state === 'done' ? 0 : 1;
  } finally {
    printer.pause();
    interrupt.release();
  }
}

/** What was started on the page meanwhile is brought to its end, too. */
function untilOver({ service, news }: OpenCoordinator, isLeaving: () => boolean): Promise<void> {
  const isOver = (): boolean => {
    const { going, waiting } = service.queue.view;
    return isLeaving() ? service.sweeps.going === null : going === null && waiting.length === 0;
  };
  return new Promise((resolve) => {
    const hearNoMore = news.subscribe((item) => {
      if (item.type !== 'queueChanged' || !isOver()) return;
      hearNoMore();
      resolve();
    });
    if (isOver()) {
      hearNoMore();
      resolve();
    }
  });
}

function printTrial(
  { runId, state }: Extract<News, { readonly type: 'result' }>,
  view: SweepView | null,
  printer: Printer,
  options: Options,
): void {
  const trial = view?.table.find((one) => one.runId === runId);
  if (view === null || trial === undefined) return;
  if (options.json === true) {
    out.json({ type: 'trial', sweep: view.name, ...trial, state });
    return;
  }
  const shown = trial.figure === null ? 'no figure' : `${view.metric} ${figure(trial.figure)}`;
  const epochs = `${trial.epochs} ${trial.epochs === 1 ? 'epoch' : 'epochs'}`;
  const isAsMeant = state === 'finished' || (state === 'stopped' && trial.figure !== null);
  const came = isAsMeant ? '' : ` (${stateText(state)})`;
  const best = view.best === trial.number ? ', the best so far' : '';
  printer.say(
    `Trial ${trial.number} of ${view.trials}: ${valuesText(trial.values)}: ${shown} after ${epochs}${best}${came}`,
  );
}

function print(view: SweepView, { json }: Options): void {
  if (json === true) out.json({ type: 'sweep', ...view });
  else {
    out.lines(
      `Sweep ${view.name}: ${view.done} of ${view.trials} trials done; the best by ${view.metric} (${view.goal}) is marked.`,
      ...sweepTable(view),
    );
  }
}
