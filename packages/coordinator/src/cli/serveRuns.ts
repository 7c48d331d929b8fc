/** `shoal serve` without a spec: a coordinator whose runs are started, one after another, from its page. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { writeAtomically } from '../run/atomicFile.ts';
import type { OpenStation } from '../station/openStation.ts';
import { Interrupt } from './interrupt.ts';
import { openBrowser } from './openBrowser.ts';
import { openFromOptions, printerFor, printLinks } from './openFromOptions.ts';
import type { DataOptions, RunOptions } from './options.ts';
import { reportsTo } from './reportsTo.ts';
import { endStation } from './runToEnd.ts';

/** Serves until Ctrl-C. @returns the exit code 0 */
export async function serveRuns(options: DataOptions & RunOptions): Promise<number> {
  const printer = printerFor(options, true);
  // Port and tokens lie beside the runs, so that workers and links outlive a restart.
  const open = await openFromOptions(options, { folder: options.out, staysOpen: true, model: null });
  let interrupt: Interrupt | null = null;
  try {
    await keep(options.out, open);
    open.station.onReport(reportsTo(printer, options));
    printLinks(open, printer);
    open.locals.start(options.workers);
    printer.say('Waiting for a run: start one on the dashboard. Press Ctrl-C to end.');
    if (options.open === true) openBrowser(open.links.dashboard);
    await new Promise<void>((resolve) => {
      interrupt = new Interrupt(resolve);
    });
    await endStation(open);
    return 0;
  } finally {
    printer.pause();
    await open.close();
    (interrupt as Interrupt | null)?.release();
  }
}

async function keep(folder: string, { access, port }: OpenStation): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access.keepIn(folder);
    await writeAtomically(join(folder, 'port'), `${port}\n`);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `The folder of runs ${folder} cannot be written (${text}). Choose another with --out.`,
    );
  }
}
