/**
 * Whether a process is meant to outlive its terminal. `nohup` and `trap '' HUP` let a program ignore SIGHUP, but Node.js
 * gives each signal its default again before it runs a line of ours, and the system keeps no record of what was. So
 * what they leave behind besides is looked for. It is also found through `npx`, which passes on environment and files.
 */
import { fstatSync, readFileSync, readSync, type Stats, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';

/** What is asked of the system; a test answers in its place. */
export type Surroundings = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Null where it is closed. */
  stat(descriptor: 0 | 1 | 2): Pick<Stats, 'dev' | 'ino' | 'rdev' | 'isFile' | 'isCharacterDevice'> | null;
  isTerminal(descriptor: 0 | 1 | 2): boolean;
  /** It is open, and reading is refused. */
  isWriteOnly(descriptor: 0): boolean;
  /** Null where there is none. */
  statPath(path: string): Pick<Stats, 'dev' | 'ino' | 'rdev'> | null;
  /** The processes above this one in its session, nearest first, each with whether it ignores SIGHUP; empty where nobody can tell. */
  ancestorsIgnoringHangup(): readonly boolean[];
};

/** @returns why this process goes on after a SIGHUP, as the end of a sentence; null when it ends */
export function reasonToGoOn(around: Surroundings = systemSurroundings): string | null {
  // Bash, zsh and ksh tell a program in "_" by which path it was started.
  if (basename(around.environment._ ?? '') === 'nohup') return 'it was started with nohup';
  const input = around.stat(0);
  const nothing = around.statPath('/dev/null');
  const isNothing = (file: { readonly rdev: number } | null): boolean =>
    file !== null && nothing !== null && file.rdev === nothing.rdev;
  // GNU's nohup gives a program that stood in a terminal an input that cannot be read.
  if (isNothing(input) && around.isWriteOnly(0)) return 'it was started with nohup';
  const outputs = [around.stat(1), around.stat(2)];
  const nohupFiles = ['nohup.out', join(homedir(), 'nohup.out')].flatMap(
    (path) => around.statPath(path) ?? [],
  );
  if (outputs.some((one) => nohupFiles.some((file) => file.ino === one?.ino && file.dev === one.dev))) {
    return 'it was started with nohup';
  }
  if (around.ancestorsIgnoringHangup().includes(true)) return 'what started it ignores SIGHUP';
  // Taken off its terminal by hand: no input, and outputs that are read later.
  const isKept = (file: ReturnType<Surroundings['stat']>): boolean =>
    file === null || file.isFile() || isNothing(file);
  if (
    (input === null || isNothing(input)) &&
    outputs.every(isKept) &&
    ![0, 1, 2].some((one) => around.isTerminal(one as 0))
  ) {
    return 'its input and outputs stand in no terminal';
  }
  return null;
}

const orNull = <T>(ask: () => T): T | null => {
  try {
    return ask();
  } catch {
    return null;
  }
};

const isTerminal = (stream: { readonly isTTY?: boolean }): boolean => stream.isTTY === true;

const systemSurroundings: Surroundings = {
  environment: process.env,
  stat: (descriptor) => orNull(() => fstatSync(descriptor)),
  isTerminal: (descriptor) => isTerminal([process.stdin, process.stdout, process.stderr][descriptor] ?? {}),
  isWriteOnly: (descriptor) => {
    try {
      readSync(descriptor, new Uint8Array(1));
      return false;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EBADF';
    }
  },
  statPath: (path) => orNull(() => statSync(path)),
  ancestorsIgnoringHangup: () => orNull(linuxAncestors) ?? [],
};

/** More are not walked through. */
const ANCESTORS_MAX = 64;
const SIGHUP_BIT = 1n;

function linuxAncestors(): boolean[] {
  const ancestors: boolean[] = [];
  const session = placeOf('self').session;
  for (let pid = placeOf('self').parent; ancestors.length < ANCESTORS_MAX && pid > 1; ) {
    const { parent, session: its } = placeOf(String(pid));
    if (its !== session) break;
    const ignored =
      /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? '0';
    ancestors.push((BigInt(`0x${ignored}`) & SIGHUP_BIT) !== 0n);
    pid = parent;
  }
  return ancestors;
}

/** The name of a program, in parentheses, may hold anything; what follows the last one is numbers. */
function placeOf(process: string): { readonly parent: number; readonly session: number } {
  const text = readFileSync(`/proc/${process}/stat`, 'latin1');
  const [, parent, , session] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { parent: Number(parent), session: Number(session) };
}
