/** `shoal worker LINK`: this machine computes for a coordinator elsewhere until the run ends or Ctrl-C. */
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { EngineName } from '@shoal/core';
import { enableRelaxedSimd, findGpu, GPU_VARIABLE, nodeEngines, runNodeWorker } from '@shoal/worker';
import { UserError } from '../../errors.ts';
import { err, out } from '../../terminal/terminal.ts';
import { exitCodeOf, outlivesTerminal } from '../interrupt.ts';
import { goOnWithoutReader } from '../outputLoss.ts';
import { joinLink } from '../secrets.ts';
import { StatusFile } from '../statusFile.ts';
import { readTokenFile } from '../tokenFile.ts';

/** Tells one worker from another, and nothing of the machine or its owner. */
const neutralName = (): string => `worker-${randomBytes(2).toString('hex')}`;

export async function work(
  link: string | undefined,
  options: {
    readonly linkFile?: string;
    readonly threads?: number;
    readonly engine?: EngineName;
    readonly device?: string;
    readonly token?: string;
    readonly tokenFile?: string;
    readonly statusFile?: string;
    readonly memory?: number;
    readonly name?: string;
    readonly json?: boolean;
  },
): Promise<number> {
  const { engine, device } = options;
  await checkEngine(engine, device);
  const url = await joinLink(link, options.linkFile);
  const token = options.token || (options.tokenFile ? await readTokenFile(options.tokenFile) : null);
  const tell = (level: 'info' | 'warn', message: string): void => {
    if (options.json === true) out.json({ type: 'notice', level, message });
    else (level === 'warn' ? err : out).lines(message);
  };
  const status = options.statusFile
    ? new StatusFile(options.statusFile, (message) => tell('warn', message))
    : null;
  // There is no other place to keep it: a worker leaves nothing on the disk.
  goOnWithoutReader(() => {});
  let terminalIsGone = false;
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];
  if (!outlivesTerminal()) {
    signals.push('SIGHUP');
    process.once('SIGHUP', () => {
      terminalIsGone = true;
    });
  }
  const { exitCode, message } = await runNodeWorker({
    url,
    token,
    threads: options.threads ?? (engine === 'webgpu' ? 1 : availableParallelism()),
    ...(engine !== undefined && { engine }),
    ...(options.memory !== undefined && { memoryBytesMax: options.memory * 1024 * 1024 }),
    name: options.name ?? neutralName(),
    log: tell,
    signals,
    onTick: (presence) => status?.beat(presence),
  });
  if (exitCode === 0) {
    if (options.json === true) out.json({ type: 'left', message });
    else out.lines(message);
    return terminalIsGone ? exitCodeOf('SIGHUP') : 0;
  }
  if (options.json === true) out.json({ type: 'error', message });
  err.lines(message);
  // An address that nobody answers at is wrong usage like any other.
  return 2;
}

/** @throws UserError where this machine does not have it */
async function checkEngine(engine: EngineName | undefined, device: string | undefined): Promise<void> {
  if (device !== undefined && engine !== 'webgpu') {
    throw new UserError('--device chooses a graphics processor: give --engine webgpu with it.');
  }
  if (engine === undefined) return;
  if (engine === 'webgpu') {
    if (device !== undefined) process.env[GPU_VARIABLE] = device;
    const search = await findGpu(device ?? null);
    if (!search.found) throw new UserError(`The engine "webgpu" cannot be used here. ${search.reason}`);
    return;
  }
  enableRelaxedSimd();
  if ((await nodeEngines()).some((one) => one.name === engine)) return;
  throw new UserError(`The engine "${engine}" cannot be used here: "shoal doctor" says what is missing.`);
}
