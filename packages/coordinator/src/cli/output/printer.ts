/** Where the reports of a run go: a person at a terminal, a log file, or a program that reads JSON. */
import type { RunReport } from '../../run/reports.ts';

export interface Printer {
  report(report: RunReport): void;
  /** A sentence that belongs to no report. */
  say(sentence: string): void;
  /** Takes a live line off the screen, so that something else can be printed. */
  pause(): void;
}
