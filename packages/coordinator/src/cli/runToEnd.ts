/** Carries a run from its opening to its end: prints its reports, obeys Ctrl-C, says how to go on. */

import type { RunResult } from '@shoal/core';
import { UserError } from '../errors.ts';
import { openRun, type RunHostOptions } from '../run/runHost.ts';
import { readTlsFiles, type TlsIdentity } from '../server/tlsFiles.ts';
import { Interrupt } from './interrupt.ts';
import { openBrowser } from './openBrowser.ts';
import type { RunOptions } from './options.ts';
import { JsonPrinter } from './output/jsonPrinter.ts';
import type { Printer } from './output/printer.ts';
import { TextPrinter } from './output/textPrinter.ts';
import { resumeCommand } from './resumeCommand.ts';
import { keepTokenFile } from './tokenFile.ts';
import { truthTableText } from './truthTable.ts';

export type RunToEndOptions = {
  readonly start: RunHostOptions['start'];
  readonly options: RunOptions;
  /** Sentences to print once the run is named. */
  readonly notices: readonly string[];
  /** Called before anything is computed. */
  readonly onOpen?: (runId: string) => Promise<void>;
};

export function printerFor(options: RunOptions): Printer {
  if (options.json !== true)
    return new TextPrinter({ out: process.stdout, live: process.stdout.isTTY === true });
  return new JsonPrinter({
    write: (text) => process.stdout.write(text),
    verbose: options.verbose === true,
  });
}

/** @returns the exit code: 0 finished or stopped in order, 1 diverged or failed */
export async function runToEnd({ start, options, notices, onOpen }: RunToEndOptions): Promise<number> {
  const printer = printerFor(options);
  const token = options.token || (options.tokenFile ? await keepTokenFile(options.tokenFile) : null);
  const tls = await tlsOf(options);
  const host = await openRun({
    runsFolder: options.out,
    start,
    host: options.host,
    port: options.port ?? null,
    publicUrl: options.publicUrl ?? null,
    token,
    tls,
    localWorkers: options.workers,
    threadsPerWorker: options.threads,
    logLevel: options.logLevel,
  });
  for (const message of notices) printer.report({ type: 'notice', level: 'warn', message });
  const interrupt = new Interrupt(() => host.stop('It was interrupted.'));
  host.onReport((report) => {
    const resume = report.type === 'result' && report.state === 'stopped';
    const hint = `Go on with: ${resumeCommand(host.runId, options)}`;
    // The last JSON line is the result; the last thing a person reads is how to go on.
    if (resume && options.json === true) printer.say(hint);
    printer.report(report);
    if (resume && options.json !== true) printer.say(hint);
  });
  try {
    await onOpen?.(host.runId);
    host.start();
    if (options.workers === 0) printer.say('Waiting for workers: the run starts with the first that joins.');
    if (options.open === true) openBrowser(host.joinUrl);
    const result = await host.finished;
    if (options.json !== true) await afterwards(result, host.url, printer, interrupt);
    return result.state === 'finished' || result.state === 'stopped' ? 0 : 1;
  } finally {
    printer.pause();
    await host.close();
    interrupt.release();
  }
}

async function tlsOf({ tlsCert, tlsKey }: RunOptions): Promise<TlsIdentity | null> {
  if (tlsCert === undefined && tlsKey === undefined) return null;
  if (tlsCert !== undefined && tlsKey !== undefined) return readTlsFiles(tlsCert, tlsKey);
  throw new UserError(
    'https needs a certificate and its key: give both --tls-cert and --tls-key, or neither.',
  );
}

/** For people: the truth table that was learned; on a terminal the page stays until Ctrl-C. */
async function afterwards(
  result: RunResult,
  url: string,
  printer: Printer,
  interrupt: Interrupt,
): Promise<void> {
  if (result.state === 'stopped') return;
  const table = await truthTableText(result.modelFile);
  if (table !== null) printer.say(table);
  if (process.stdout.isTTY !== true || interrupt.asked) return;
  printer.say(`Still serving ${url}. Press Ctrl-C to end.`);
  await new Promise<void>((resolve) => interrupt.redirect(resolve));
}
