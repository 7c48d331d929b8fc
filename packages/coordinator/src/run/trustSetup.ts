/** What a run needs to check its workers' answers: secret, trusted worker, kept states, convictions and standing. */
import { createHmac, randomBytes } from 'node:crypto';
import { reasonOf } from '@shoal/core';
import { threadSlot } from '@shoal/worker';
import type { Evidence } from '../transition/effects.ts';
import { initialProgress } from '../transition/transition.ts';
import { isChecked, type TrustStart } from '../transition/trust.ts';
import { convictedIdentities, recordConviction } from './convictions.ts';
import type { DriverOptions } from './driver.ts';
import type { PreparedRun } from './prepare.ts';
import { ProvenWorkers } from './provenWorkers.ts';
import type { Restored } from './restore.ts';
import { type RunRecord, runFiles } from './runFolder.ts';
import { copyOf, SnapshotStore } from './snapshotStore.ts';
import { TrustedWorker } from './trustedWorker.ts';

export type TrustParts = {
  readonly start: TrustStart;
  readonly driver: NonNullable<DriverOptions['trust']>;
  /** Ends the trusted worker and writes what is known of identities. */
  readonly close: () => Promise<void>;
};

/**
 * Null for a run whose spec trusts everybody. To be called before anything is restored into the run's updater: what it
 * holds then is the run's beginning.
 */
export async function openTrust(options: {
  readonly run: PreparedRun;
  readonly record: RunRecord;
  readonly runsFolder: string;
  readonly restored: Restored;
  readonly onProblem: (message: string) => void;
  /** Nothing can be verified any more; a sentence. */
  readonly onLost: (reason: string) => void;
}): Promise<TrustParts | null> {
  const { run, record, restored, runsFolder, onProblem, onLost } = options;
  const { facts, arena, updater, leases } = run;
  if (!isChecked(facts)) return null;
  const { convictions } = runFiles(record.folder);
  const standings = await ProvenWorkers.open(runsFolder, onProblem);
  const beginning = copyOf(arena, updater, { progress: initialProgress(facts), best: null, vouchers: [] });
  const store = new SnapshotStore(beginning, restored?.history ?? []);
  const trusted = new TrustedWorker({ spec: facts.spec, leases, slots: threadSlot, onLost });
  return {
    start: {
      chance: secretChance(),
      convicted: await convictedIdentities(convictions),
      standing: standings.all,
      ledger: restored?.vouchers ?? [],
      snapshots: store.records(),
    },
    driver: {
      store,
      trusted,
      verdicts: {
        convicted: (evidence: Evidence) => {
          standings.forget(evidence.identity);
          try {
            recordConviction(convictions, evidence, new Date());
          } catch (error) {
            const text = reasonOf(error);
            onProblem(`A conviction could not be written to ${convictions} (${text}).`);
          }
        },
        standing: (identity, verified) => standings.set(identity, verified),
      },
    },
    close: async () => {
      await trusted.close();
      await standings.flush();
    },
  };
}

/** A number in [0, 1) for each lease, made with a key that never leaves this process. */
function secretChance(): (lease: number) => number {
  const key = randomBytes(32);
  return (lease) => createHmac('sha256', key).update(String(lease)).digest().readUIntBE(0, 6) / 2 ** 48;
}
