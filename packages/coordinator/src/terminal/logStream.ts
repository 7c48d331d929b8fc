/** Where the log goes: to stderr, as JSON lines for programs or as sentences for people. */
import type { LineWriter } from './lineWriter.ts';

export type LogStream = { write(line: string): void };

/** The lines of `pino` as they are. */
export const jsonLog = (writer: Pick<LineWriter, 'json'>): LogStream => ({
  write: (line) => writer.json(JSON.parse(line)),
});

const LEVELS: readonly (readonly [least: number, name: string])[] = [
  [60, 'Fatal: '],
  [50, 'Error: '],
  [40, 'Warning: '],
  [30, ''],
  [20, 'Debug: '],
  [0, 'Trace: '],
];

/** The sentence of each line in the form in which warnings are printed, an error's stack below it. */
export const textLog = (writer: Pick<LineWriter, 'lines'>): LogStream => ({
  write: (line) => {
    const { level, msg, err } = JSON.parse(line) as {
      readonly level: number;
      readonly msg?: string;
      readonly err?: { readonly stack?: string };
    };
    const name = LEVELS.find(([least]) => level >= least)?.[1] ?? '';
    writer.lines(`${name}${msg ?? ''}`, ...(err?.stack?.split('\n').slice(1) ?? []));
  },
});
