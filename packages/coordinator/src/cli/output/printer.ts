/** Where the reports of a run go: a person at a terminal, a log file, or a program that reads JSON. */
import type { RunReport } from '../../news/reports.ts';

export interface Printer {
  report(report: RunReport): void;
  /** Sentences that belong to no report, each on a line of its own. */
  say(...sentences: readonly string[]): void;
  /** Takes a live line off the screen, so that something else can be printed. */
  pause(): void;
}
