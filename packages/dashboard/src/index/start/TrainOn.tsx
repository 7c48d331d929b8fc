/** To train on from the model that a run has delivered: its spec, with that model to begin with, is there to be changed. */
import { type RunDetail, resolveRunSpec } from '@shoal/core';
import { attempt } from '../actions.ts';
import { chooseTab } from '../shell/tabs.ts';
import { api } from '../store.ts';
import { writeDraft } from './draftStore.ts';
import { beginningWith } from './InitialModel.tsx';
import { startTexts } from './texts.ts';

export function TrainOn({ runId }: { readonly runId: string }) {
  const trainOn = async (): Promise<void> => {
    await attempt(async () => {
      const { spec } = await api.get<RunDetail>(`/api/runs/${encodeURIComponent(runId)}`);
      // How its workers were checked is no part of it: that is as usual.
      writeDraft(resolveRunSpec({ ...spec, initial: await beginningWith(runId) }));
      chooseTab('start');
    });
  };
  return (
    <button type="button" onClick={() => void trainOn()}>
      {startTexts().trainOn}
    </button>
  );
}
