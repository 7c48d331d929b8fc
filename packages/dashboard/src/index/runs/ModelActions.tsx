/** The model that a past run has delivered: to look into, and to take away. */
import type { RunDetail } from '@shoal/core';
import { useState } from 'preact/hooks';
import { attempt } from '../actions.ts';
import { chooseTab } from '../shell/tabs.ts';
import { TrainOn } from '../start/TrainOn.tsx';
import { api, operates } from '../store.ts';
import { lookInto } from './openedModel.ts';
import { runsTexts } from './texts.ts';

export function ModelActions({ run }: { readonly run: RunDetail }) {
  const t = runsTexts();
  const [isLoading, setLoading] = useState(false);
  const download = async (): Promise<void> => {
    setLoading(true);
    await attempt(async () => {
      const { buffer } = await api.bytes(`/api/runs/${encodeURIComponent(run.runId)}/model`);
      saveAs(`${run.runId}.safetensors`, buffer);
    });
    setLoading(false);
  };
  const look = (): void => {
    lookInto(run);
    chooseTab('model');
  };
  return (
    <>
      <button type="button" onClick={look}>
        {t.lookInto}
      </button>
      <button type="button" disabled={isLoading} onClick={() => void download()}>
        {t.download}
      </button>
      {operates.value ? <TrainOn runId={run.runId} /> : null}
    </>
  );
}

/** The token stands in a header, which a plain link would not send. */
function saveAs(name: string, content: ArrayBuffer): void {
  const url = URL.createObjectURL(new Blob([content], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
