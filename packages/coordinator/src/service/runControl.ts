/** What an operator may do to the run that goes on; each returns the sentence on what was decided. */
import { mergeRunSpec, sentence } from '@shoal/core';
import type { ActiveRun } from '../run/activeRun.ts';
import {
  ControlError,
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
export function controlRun(run: ActiveRun, action: RunAction): string {
  const isPaused = run.state.paused !== null;
  switch (action) {
    case 'pause': {
      if (isPaused) throw new ControlError('pausedAlready', 'The run is paused already.');
      const reason = 'The operator paused the run.';
      run.control({ type: 'pause', reason });
      return reason;
    }
    case 'resume': {
      if (!isPaused) throw new ControlError('notPaused', 'The run is not paused.');
      const reason = 'The operator lets the run go on.';
      run.control({ type: 'resume', reason });
      return reason;
    }
    case 'finish': {
      const { ending } = run.state.progress;
      if (ending !== null) {
        throw new ControlError('endingAlready', `The run is ending already: ${sentence(ending, 'en')}`);
      }
      const { epoch, globalStep } = run.state.progress;
      const reason = `The operator ended the run in epoch ${epoch + 1}, after step ${globalStep}.`;
      run.control({ type: 'finish', reason });
      return reason;
    }
    case 'stop': {
      const reason = 'The operator stopped the run; it can be resumed.';
      run.stop(reason);
      return reason;
    }
  }
}

export function trustReport(run: ActiveRun): TrustReport {
  const { spotCheck, quorum } = run.trust;
  const { trust, workers } = run.state;
  let checked = 0;
  for (const worker of workers.values()) checked += worker.checked;
  return { runId: run.record.runId, spotCheck, quorum, checked, convicted: trust.convicted.size };
}

/** @throws SpecError for what is no way of checking, UserError when it cannot be written down */
export async function changeTrust(run: ActiveRun, change: TrustChange): Promise<string> {
  const { trust } = mergeRunSpec({ ...run.record.spec, trust: run.trust }, { trust: change });
  const { spotCheck, quorum } = trust;
  const percent = `${Number((100 * spotCheck).toPrecision(6))} %`;
  const part = spotCheck === 0 ? 'No leases are' : `From now on ${percent} of the leases are`;
  const agree = quorum === 1 ? '' : `, and ${quorum} unrelated workers have to agree before an answer counts`;
  const reason = `${part} checked${agree}.`;
  await run.changeTrust({ spotCheck, quorum }, reason);
  return reason;
}
