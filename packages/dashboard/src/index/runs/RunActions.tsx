/** What an operator can do with a past run. */
import type { RunDetail, RunSummary } from '@shoal/core';
import { attempt } from '../actions.ts';
import { resumePath } from '../run/Controls.tsx';
import { chooseTab } from '../shell/tabs.ts';
import { writeDraft } from '../start/draftStore.ts';
import { api } from '../store.ts';
import { runsTexts } from './texts.ts';

type RunActionsProps = { readonly run: Pick<RunSummary, 'runId' | 'name' | 'state'> };

export function RunActions({ run }: RunActionsProps) {
  const t = runsTexts();
  const called = `${run.name} ${run.runId}`;
  const again = (): void => {
    void attempt(async () => {
      const { spec, trust } = await api.get<RunDetail>(`/api/runs/${encodeURIComponent(run.runId)}`);
      // How its workers were checked is told to operators, who alone can start it again.
      writeDraft(trust === null ? spec : { ...spec, trust });
      chooseTab('start');
    });
  };
  const resume = async (): Promise<void> => {
    if (await attempt(() => api.post(resumePath(run.runId)))) chooseTab('run');
  };
  return (
    <>
      <button type="button" aria-label={t.on(t.again, called)} onClick={again}>
        {t.again}
      </button>
      {run.state === 'stopped' ? (
        <button type="button" aria-label={t.on(t.resume, called)} onClick={() => void resume()}>
          {t.resume}
        </button>
      ) : null}
    </>
  );
}
