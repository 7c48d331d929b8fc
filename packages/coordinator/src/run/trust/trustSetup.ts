/** What a run needs to check its workers' answers: secret, trusted worker, kept states, convictions and proven workers. */
import { randomBytes } from 'node:crypto';
import type { BrokenOffFact, RunFact } from '@shoal/core';
import { threadSlot } from '@shoal/worker';
import type { KeptFiles } from '../../files/keptFiles.ts';
import type { Evidence } from '../../transition/model/effects.ts';
import { SECRET_BYTES, type Secret } from '../../transition/trust/chance.ts';
import type { TrustStart } from '../../transition/trust/trustState.ts';
import { ConvictionLog, convictedIdentities } from '../folder/convictions.ts';
import type { Restored } from '../folder/restore.ts';
import { type RunRecord, runFiles } from '../folder/runFolder.ts';
import type { TrustedPort, VerdictsPort } from '../ports.ts';
import type { PreparedRun } from '../preparation/prepare.ts';
import { ProvenWorkers } from './provenWorkers.ts';
import { beginningOf, SnapshotStore } from './snapshotStore.ts';
import { TrustedWorker } from './trustedWorker.ts';

/** What the driver has workers' answers checked with. */
export type TrustPorts = {
  readonly store: SnapshotStore;
  readonly trusted: TrustedPort;
  readonly verdicts: VerdictsPort;
  readonly secret: Secret;
};

export type TrustParts = {
  readonly start: TrustStart;
  readonly driver: TrustPorts;
  /** Resolves, if ever, when nothing can be verified any more; a sentence. */
  readonly lost: Promise<BrokenOffFact>;
  /** Resolves when the convictions so far are kept, or cannot be. */
  readonly convictionsKept: () => Promise<void>;
  /** Ends the trusted worker and writes what is known of identities. */
  readonly close: () => Promise<void>;
};

/** Costs next to nothing until the first answer is checked. */
export async function openTrust(options: {
  readonly run: PreparedRun;
  readonly record: RunRecord;
  readonly files: KeptFiles;
  readonly runsFolder: string;
  readonly restored: Restored;
  readonly onProblem: (fact: RunFact) => void;
}): Promise<TrustParts> {
  const { run, record, restored, files, runsFolder, onProblem } = options;
  const { facts, leases } = run;
  const { convictions } = runFiles(record.folder);
  const proven = await ProvenWorkers.open(runsFolder, onProblem, files);
  const log = new ConvictionLog(files, convictions, onProblem);
  const store = new SnapshotStore(beginningOf(run), restored?.history ?? []);
  let onLost: (reason: BrokenOffFact) => void = () => {};
  const lost = new Promise<BrokenOffFact>((resolve) => {
    onLost = resolve;
  });
  const trusted = new TrustedWorker({
    ...{ spec: facts.spec, trainCount: facts.counts.train },
    ...{ leases, slots: threadSlot, onLost },
  });
  return {
    lost,
    start: {
      convicted: await convictedIdentities(files, convictions),
      verifiedAnswers: proven.all,
      ledger: restored?.vouchers ?? [],
      snapshots: store.records(),
    },
    driver: {
      // Never leaves this process.
      secret: randomBytes(SECRET_BYTES),
      store,
      trusted,
      verdicts: {
        convicted: (evidence: Evidence) => {
          proven.forget(evidence.identity);
          log.add(evidence, new Date());
        },
        verified: (identity, answers) => proven.set(identity, answers),
      },
    },
    convictionsKept: () => log.settled(),
    close: async () => {
      await trusted.close();
      await log.settled();
      await proven.flush();
    },
  };
}
