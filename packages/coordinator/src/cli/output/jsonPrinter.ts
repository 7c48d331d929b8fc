/**
 * Reports as JSON lines and nothing else on stdout: of one run `run` first and `result` last; of a coordinator on which
 * runs follow one another all of them as they come.
 */
import { sentence, sentences } from '@shoal/core';
import type { RunReport } from '../../news/reports.ts';
import type { LineWriter } from '../../terminal/lineWriter.ts';
import type { Printer } from './printer.ts';

export type JsonPrinterOptions = {
  readonly out: Pick<LineWriter, 'json'>;
  /** Print a line for each step as well. */
  readonly verbose: boolean;
  /** Runs follow one another. */
  readonly many: boolean;
};

export class JsonPrinter implements Printer {
  readonly #options: JsonPrinterOptions;
  /** What came before the `run` line, which is always the first. */
  #early: RunReport[] | null;
  /** The `result` line is the last: workers that leave afterwards are no news. */
  #ended = false;

  constructor(options: JsonPrinterOptions) {
    this.#options = options;
    this.#early = options.many ? null : [];
  }

  report(report: RunReport): void {
    if (this.#ended || (report.type === 'step' && !this.#options.verbose)) return;
    if (this.#early === null) {
      this.#line(report);
      return;
    }
    if (report.type !== 'run') {
      this.#early.push(report);
      return;
    }
    this.#line(report);
    for (const earlier of this.#early) this.#line(earlier);
    this.#early = null;
  }

  say(...said: readonly string[]): void {
    for (const text of said) this.report({ type: 'notice', level: 'info', facts: [{ type: 'text', text }] });
  }

  pause(): void {}

  #line(report: RunReport): void {
    this.#options.out.json(spoken(report));
    this.#ended = report.type === 'result' && !this.#options.many;
  }
}

/** With the English sentence before what it says as data; a text alone says nothing more. */
function spoken(report: RunReport): object {
  switch (report.type) {
    case 'notice':
    case 'trust': {
      const { facts, ...rest } = report;
      const said = { ...rest, message: sentences(facts, 'en') };
      return facts.every(({ type }) => type === 'text') ? said : { ...said, facts };
    }
    case 'cluster': {
      const { facts, ...rest } = report;
      return { ...rest, message: sentences(facts, 'en') };
    }
    case 'rollback': {
      const { fact, ...rest } = report;
      return { ...rest, reason: sentence(fact, 'en') };
    }
    default:
      return report;
  }
}
