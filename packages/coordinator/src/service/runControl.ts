/** What an operator may do to the run that goes on; each returns what was decided. */
import {
  type BrokenOffFact,
  type ControlFact,
  mergeRunSpec,
  sentence,
  type TrustChangedFact,
} from '@shoal/core';
import type { ActiveRun } from '../run/activeRun.ts';
import {
  ControlError,
  type PaceReport,
  type RunAction,
  type TrustChange,
  type TrustReport,
} from '../server/coordinatorControl.ts';

const NO_RUN = 'No run is going on.';

/** @throws ControlError when there is none, or it has ended */
export function goingOn(run: ActiveRun | null): ActiveRun {
  if (run === null || run.ended !== null) throw new ControlError('noRun', NO_RUN);
  return run;
}

/** @throws ControlError when the run is not in a state for it */
export function controlRun(run: ActiveRun, action: RunAction): ControlFact | BrokenOffFact {
  const isPaused = run.state.paused?.type === 'operatorPaused';
  switch (action) {
    case 'pause': {
      if (isPaused) throw new ControlError('pausedAlready', 'The run is paused already.');
      const reason = { type: 'operatorPaused' } as const;
      run.control({ type: 'pause', reason });
      return reason;
    }
    case 'resume': {
      if (!isPaused) throw new ControlError('notPaused', 'The run is not paused.');
      const reason = { type: 'operatorResumed' } as const;
      run.control({ type: 'resume', reason });
      return reason;
    }
    case 'step': {
      refuseEnding(run);
      const reason = { type: 'operatorSteps' } as const;
      run.control({ type: 'step', reason });
      return reason;
    }
    case 'finish': {
      refuseEnding(run);
      const { epoch, globalStep } = run.state.progress;
      const reason = { type: 'operatorFinished', epoch: epoch + 1, step: globalStep } as const;
      run.control({ type: 'finish', reason });
      return reason;
    }
    case 'stop': {
      const reason = { type: 'operatorStopped' } as const;
      run.stop(reason);
      return reason;
    }
  }
}

function refuseEnding({ state }: ActiveRun): void {
  const ending = state.progress.ending ?? state.finishing;
  if (ending !== null)
    throw new ControlError('endingAlready', `The run is ending already: ${sentence(ending, 'en')}`);
}

export function paceReport(run: ActiveRun): PaceReport {
  return { runId: run.record.runId, stepsPerSecond: run.state.pace.stepsPerSecond };
}

export function changePace(run: ActiveRun, stepsPerSecond: number | null): ControlFact {
  run.control({ type: 'pace', stepsPerSecond });
  return { type: 'paceChanged', stepsPerSecond };
}

export function trustReport(run: ActiveRun): TrustReport {
  const { spotCheck, quorum } = run.trust;
  const { trust, workers } = run.state;
  let checked = 0;
  for (const worker of workers.values()) checked += worker.checked;
  return { runId: run.record.runId, spotCheck, quorum, checked, convicted: trust.convicted.size };
}

/** @throws SpecError for what is no way of checking, UserError when it cannot be written down */
export async function changeTrust(run: ActiveRun, change: TrustChange): Promise<TrustChangedFact> {
  const { trust } = mergeRunSpec({ ...run.record.spec, trust: run.trust }, { trust: change });
  const { spotCheck, quorum } = trust;
  const reason: TrustChangedFact = { type: 'trustChanged', spotCheck, quorum };
  await run.changeTrust({ spotCheck, quorum }, reason);
  return reason;
}
