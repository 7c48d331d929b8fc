/**
 * Convictions on disk, in the run's folder: a JSON object a line with the evidence, for the operator to read and for
 * a resumed run to refuse the same identities.
 */
import { closeSync, fchmodSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { PRIVATE } from '../../files/atomicFile.ts';
import type { Evidence } from '../../transition/model/effects.ts';

export type Conviction = Evidence & {
  /** ISO 8601. */
  readonly at: string;
};

/** Lines that are looked at: a run with more convictions than fit has other worries. */
const LINES_MAX = 10_000;

/** Durable when it returns. It is rare and short, so that the event loop may wait for the disk. */
export function recordConviction(file: string, evidence: Evidence, now: Date): void {
  const handle = openSync(file, 'a', PRIVATE);
  try {
    // One of an older release may be readable by others.
    fchmodSync(handle, PRIVATE);
    writeSync(handle, `${JSON.stringify({ at: now.toISOString(), ...evidence })}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Identities that were convicted in this run; a line that a crash cut short is passed over. */
export async function convictedIdentities(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const identities: string[] = [];
  for (const line of text.split('\n').slice(0, LINES_MAX)) {
    try {
      const { identity } = JSON.parse(line) as { readonly identity?: unknown };
      if (typeof identity === 'string') identities.push(identity);
    } catch {
      // Not written to its end.
    }
  }
  return identities;
}
