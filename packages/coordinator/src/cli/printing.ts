/** What a command prints of a coordinator and its runs, as text or, with `--json`, as lines. */
import { isReport, type Listener } from '../news/news.ts';
import type { OpenCoordinator } from '../service/openCoordinator.ts';
import { out } from '../terminal/terminal.ts';
import type { RunOptions } from './options.ts';
import { JsonPrinter } from './output/jsonPrinter.ts';
import type { Printer } from './output/printer.ts';
import { TextPrinter } from './output/textPrinter.ts';
import { resumeCommand } from './resumeCommand.ts';

export function printerFor(options: RunOptions, many: boolean): Printer {
  if (options.json !== true) return new TextPrinter({ out });
  return new JsonPrinter({ out, verbose: options.verbose === true, many });
}

/** Hands the reports of runs to a printer, with how to go on with one that was stopped. */
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

export function printLinks(
  { addresses, links }: Pick<OpenCoordinator, 'addresses' | 'links'>,
  printer: Printer,
): void {
  printer.report({
    type: 'listening',
    url: addresses.url,
    dashboardUrl: links.dashboard,
    watchUrl: links.watch,
    joinUrl: links.join,
    token: links.join.slice(links.join.indexOf('#') + 1),
  });
}
