/** Resident memory of processes over time, as the system counts it, and whether it stays where it is. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const MIB = 1024 * 1024;

/** Null when the process is gone, or on a system that does not say. */
function residentBytes(pid: number): number | null {
  try {
    if (process.platform === 'linux') {
      const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      return kib === undefined ? null : Number(kib) * 1024;
    }
    if (process.platform === 'win32') return null;
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024 || null;
  } catch {
    return null;
  }
}

type Sample = { readonly seconds: number; readonly bytes: number };

/** Before that a process still loads code and data and finds the size of its heap. */
const SETTLED_SECONDS = 20;
/** A shorter life says nothing about growth. */
const LIFE_SECONDS = 60;

export type MemoryRecord = {
  readonly name: string;
  readonly seconds: number;
  readonly highestMiB: number;
  /** Medians of the first and of the last third of the settled life; null for a life too short to tell. */
  readonly firstMiB: number | null;
  readonly lastMiB: number | null;
};

export class MemoryWatch {
  readonly #lives = new Map<number, { readonly name: string; readonly samples: Sample[] }>();

  sample(name: string, pid: number, nowMs: number): void {
    const bytes = residentBytes(pid);
    if (bytes === null) return;
    const life = this.#lives.get(pid) ?? { name, samples: [] };
    this.#lives.set(pid, life);
    life.samples.push({ seconds: nowMs / 1000, bytes });
  }

  records(): MemoryRecord[] {
    return [...this.#lives.values()].map(({ name, samples }) => {
      const born = samples[0]?.seconds ?? 0;
      const seconds = (samples.at(-1)?.seconds ?? born) - born;
      const settled = samples.filter((sample) => sample.seconds - born >= SETTLED_SECONDS);
      const third = Math.floor(settled.length / 3);
      const tells = seconds >= LIFE_SECONDS && third > 0;
      return {
        name,
        seconds: Math.round(seconds),
        highestMiB: Math.round(Math.max(...samples.map(({ bytes }) => bytes)) / MIB),
        firstMiB: tells ? medianMiB(settled.slice(0, third)) : null,
        lastMiB: tells ? medianMiB(settled.slice(-third)) : null,
      };
    });
  }
}

function medianMiB(samples: readonly Sample[]): number {
  const bytes = samples.map((sample) => sample.bytes).sort((a, b) => a - b);
  return Math.round((bytes[Math.floor(bytes.length / 2)] as number) / MIB);
}
