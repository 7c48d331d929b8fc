/** `shoal worker URL`: this machine computes for a coordinator elsewhere until the run ends or Ctrl-C. */
import { hostname } from 'node:os';
import { runNodeWorker } from '@shoal/worker';
import { StatusFile } from '../statusFile.ts';
import { readTokenFile } from '../tokenFile.ts';

export async function work(
  url: string,
  options: {
    readonly threads: number;
    readonly token?: string;
    readonly tokenFile?: string;
    readonly statusFile?: string;
    readonly name?: string;
    readonly json?: boolean;
  },
): Promise<number> {
  const write = (line: object, text: string, stream: NodeJS.WriteStream): void => {
    if (options.json === true) process.stdout.write(`${JSON.stringify(line)}\n`);
    else stream.write(`${text}\n`);
  };
  const token = options.token || (options.tokenFile ? await readTokenFile(options.tokenFile) : null);
  const warn = (text: string): void =>
    write({ type: 'notice', level: 'warn', message: text }, text, process.stderr);
  const status = options.statusFile ? new StatusFile(options.statusFile, warn) : null;
  const { exitCode, message } = await runNodeWorker({
    url,
    token,
    threads: options.threads,
    name: options.name ?? hostname(),
    log: (level, text) => {
      const stream = level === 'warn' ? process.stderr : process.stdout;
      write({ type: 'notice', level, message: text }, text, stream);
    },
    signals: ['SIGINT', 'SIGTERM'],
    onTick: (presence) => status?.beat(presence),
  });
  if (exitCode === 0) {
    write({ type: 'left', message }, message, process.stdout);
    return 0;
  }
  write({ type: 'error', message }, message, process.stderr);
  if (options.json === true) process.stderr.write(`${message}\n`);
  // An address that nobody answers at is wrong usage like any other.
  return 2;
}
