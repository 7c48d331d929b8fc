/** A coordinator's figures as they are at the moment, for its metrics. */
import { hasAccuracy, type QueueView } from '@shoal/core';
import type { ClusterMember } from '../cluster/member.ts';
import type { Connections } from '../connection/connections.ts';
import { countWorkers, type LiveFigures, type LiveRun } from '../outside/liveFigures.ts';
import type { ActiveRun } from '../run/activeRun.ts';
import type { Rejections } from '../server/rejections.ts';
import type { Coordinator } from './coordinator.ts';
import { runView } from './runView.ts';

export type FiguresSources = {
  readonly coordinator: Pick<Coordinator, 'current'>;
  readonly connections: Connections;
  readonly rejections: Rejections;
  readonly cluster: ClusterMember | null;
  readonly queue: QueueView;
};

export function liveFigures(sources: FiguresSources): LiveFigures {
  const { coordinator, connections, rejections, cluster, queue } = sources;
  const run = coordinator.current;
  return {
    connections: connections.size,
    ...connections.traffic(),
    rejections: rejections.counts,
    leads: cluster === null || cluster.term !== null,
    waiting: queue.waiting.length,
    ...countWorkers(run?.workers.registered.values() ?? []),
    run: run === null ? null : liveRun(run),
  };
}

function liveRun(run: ActiveRun): LiveRun {
  const { state: name, epoch, globalStep, stepsInAll, remainingSeconds } = runView(run);
  const { leasesAnswered, leasesRegranted, nextLease, trust } = run.state;
  return {
    key: run,
    state: name,
    hasAccuracy: hasAccuracy(run.record.spec.model),
    epoch,
    epochs: run.record.spec.epochs,
    step: globalStep,
    steps: stepsInAll,
    remainingSeconds,
    counts: {
      leasesGranted: nextLease - 1,
      leasesAnswered,
      leasesLate: leasesRegranted,
      checks: trust.nextCheck - 1,
      convictions: trust.convicted.size,
      blockBytes: run.blocks.bytesFetched,
    },
  };
}
