/** What the run begins with: what its seed draws, or the model of another run, for all layers or the first ones. */
import { effect, signal } from '@preact/signals';
import type { InitialSpec, RunListView, RunSummary } from '@shoal/core';
import { useEffect, useId } from 'preact/hooks';
import { attempt } from '../actions.ts';
import { percent } from '../format.ts';
import { api, runs } from '../store.ts';
import { isRecord, problemAt, valueAt, withValue } from './draft.ts';
import { draft, problems, writeDraft } from './draftStore.ts';
import { Field } from './Field.tsx';
import { startTexts } from './texts.ts';

/** So many of the latest runs are offered; an older one is opened in the list of runs, and trained on from there. */
const OFFERED = 50;
const ADDRESS = `/api/runs?state=finished&archived=no&sort=createdAt&order=down&limit=${OFFERED}`;

const offered = signal<readonly RunSummary[]>([]);
const isShown = signal(false);

effect(() => {
  // Read for the sake of what it sets off.
  void runs.value.change;
  if (!isShown.value) return;
  // Without an answer there is nothing to choose from.
  api.get<RunListView>(ADDRESS).then(
    (found) => (offered.value = found.runs),
    () => {},
  );
});

/** A spec that begins with the model of this run, all of its layers, which go on learning. */
export async function beginningWith(runId: string): Promise<InitialSpec> {
  const named = await api.get<Pick<InitialSpec, 'sha256' | 'from'>>(
    `/api/runs/${encodeURIComponent(runId)}/initial`,
  );
  return { ...named, layers: null, frozen: false };
}

async function choose(runId: string): Promise<void> {
  await attempt(async () => {
    const initial = runId === '' ? undefined : await beginningWith(runId);
    writeDraft(withValue(draft.peek(), ['initial'], initial));
  });
}

export function InitialModel() {
  const t = startTexts();
  const id = useId();
  useEffect(() => {
    isShown.value = true;
    return () => {
      isShown.value = false;
    };
  }, []);
  const initial = valueAt(draft.value, ['initial']);
  const from = isRecord(initial) ? String(initial.from || initial.sha256) : '';
  const isOffered = offered.value.some(({ runId }) => runId === from);
  return (
    <>
      <div class="field long" title="initial.from">
        <label for={id}>{t.initialFrom}</label>
        <select
          id={id}
          value={from}
          aria-invalid={problemAt(problems.value, ['initial'])}
          onChange={({ currentTarget }) => void choose(currentTarget.value)}
        >
          <option value="">{t.initialDrawn}</option>
          {from === '' || isOffered ? null : <option value={from}>{from}</option>}
          {offered.value.map((run) => (
            <option key={run.runId} value={run.runId}>
              {offerOf(run)}
            </option>
          ))}
        </select>
      </div>
      {isRecord(initial) ? (
        <>
          <Field path={['initial', 'layers']} empty={t.whole} />
          <Field path={['initial', 'frozen']} />
        </>
      ) : null}
      <p class="quiet">{t.initialWhy}</p>
    </>
  );
}

function offerOf({ runId, name, dataSet, testAccuracy }: RunSummary): string {
  const accuracy = testAccuracy === null ? [] : [percent(testAccuracy)];
  return [...(runId.startsWith(name) ? [] : [name]), runId, dataSet, ...accuracy].join(' · ');
}
