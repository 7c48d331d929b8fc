/** Hands the reports of runs to a printer, with how to go on with one that was stopped. */
import { isReport, type Listener } from '../news/news.ts';
import type { RunOptions } from './options.ts';
import type { Printer } from './output/printer.ts';
import { resumeCommand } from './resumeCommand.ts';

export const reportsTo =
  (printer: Printer, options: RunOptions): Listener =>
  (report) => {
    if (!isReport(report)) return;
    const isStopped = report.type === 'result' && report.state === 'stopped';
    const hint = isStopped ? `Go on with: ${resumeCommand(report.runId, options)}` : null;
    // The last JSON line is the result; the last thing a person reads is how to go on.
    if (hint !== null && options.json === true) printer.say(hint);
    printer.report(report);
    if (hint !== null && options.json !== true) printer.say(hint);
  };
