/**
 * Which process something was written by, in a way that outlives it: process numbers are used again, two machines may
 * have one name, and a container sees processes of its own only.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import * as v from 'valibot';

export const processSchema = v.object({
  host: v.string(),
  pid: v.number(),
  /** Where the numbers of processes are comparable: this start of the machine, and the container. Empty where unknown. */
  realm: v.string(),
  /** When the process was started, in the system's own count; empty where unknown. */
  start: v.string(),
});

export type ProcessIdentity = v.InferOutput<typeof processSchema>;

export function thisProcess(): ProcessIdentity {
  const { pid } = process;
  return { host: hostname(), pid, realm: realm(), start: startOf(pid) };
}

/** `unknown`: it cannot be seen from here. */
export function lifeOf(process: ProcessIdentity): 'lives' | 'is gone' | 'unknown' {
  if (process.host !== hostname() || process.realm !== realm()) return 'unknown';
  if (!exists(process.pid)) return 'is gone';
  const start = startOf(process.pid);
  // Without a time of its start the number may be another's by now.
  if (start === '' || process.start === '') return 'unknown';
  return start === process.start ? 'lives' : 'is gone';
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user may not be asked, and is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function realm(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}

/** Field 22 of `stat`, in ticks since the machine was started; the name of the program may hold anything. */
function startOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
