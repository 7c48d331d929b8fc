/** Pause, go on, stop: for the operator, as far as the run's state allows. */
import type { RunView } from '@shoal/core';
import { attempt } from '../actions.ts';
import { Confirm } from '../shell/Confirm.tsx';
import { TrainOn } from '../start/TrainOn.tsx';
import { api } from '../store.ts';
import { frameTexts } from '../texts.ts';

const ask = (action: 'pause' | 'resume' | 'stop' | 'finish'): void => {
  void attempt(() => api.post(`/api/run/${action}`));
};

export function Controls({ run }: { readonly run: RunView }) {
  const t = frameTexts();
  switch (run.state) {
    case 'finished':
      return (
        <div class="buttons">
          <TrainOn runId={run.runId} />
        </div>
      );
    case 'diverged':
    case 'failed':
      return null;
    case 'stopped':
      return (
        <div class="buttons">
          <button type="button" onClick={() => void attempt(() => api.post(resumePath(run.runId)))}>
            {t.resume}
          </button>
        </div>
      );
    default:
      return (
        <div class="buttons">
          {run.state === 'paused' ? (
            <button type="button" class="primary" onClick={() => ask('resume')}>
              {t.resume}
            </button>
          ) : (
            <button type="button" onClick={() => ask('pause')}>
              {t.pause}
            </button>
          )}
          <Confirm
            label={t.finish}
            title={t.finishTitle}
            what={t.finishWhat}
            onConfirm={() => ask('finish')}
          />
          <Confirm
            label={t.stop}
            title={t.stopTitle}
            what={t.stopWhat}
            danger
            onConfirm={() => ask('stop')}
          />
        </div>
      );
  }
}

export const resumePath = (runId: string): string => `/api/runs/${encodeURIComponent(runId)}/resume`;
