/** Saves every curve of the run as a table. */
import { attempt } from '../actions.ts';
import { api, run } from '../store.ts';
import { runTexts } from './texts.ts';

export function SaveCurves() {
  const runId = run.value?.runId;
  if (runId === undefined) return null;
  const save = (): void => {
    // The token stands in no address, so the table is fetched first and then saved.
    void attempt(async () => {
      const { buffer } = await api.bytes(`/api/runs/${encodeURIComponent(runId)}/curves.csv`);
      const url = URL.createObjectURL(new Blob([buffer], { type: 'text/csv' }));
      const link = document.createElement('a');
      link.href = url;
      link.download = `${runId}.csv`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(url));
    });
  };
  return (
    <button type="button" class="save-curves" onClick={save}>
      {runTexts().saveCurves}
    </button>
  );
}
