/** How the workers of the run that goes on are checked, and what has come of it. For the operator alone. */
import type { TrustSpec } from '@shoal/core';
import { useState } from 'preact/hooks';
import { attempt } from '../actions.ts';
import { count } from '../format.ts';
import { api, run, workers } from '../store.ts';
import { workerTexts } from './texts.ts';

/** The part of the leases that is checked where nothing else was said. */
export const USUAL_SPOT_CHECK = 0.05;

/** The policy of a run that goes on; null without one, and for those who may not know it. */
export function presentTrust(): TrustSpec | null {
  const view = run.value;
  return view === null || view.result !== null ? null : view.trust;
}

export const isChecked = ({ spotCheck, quorum }: TrustSpec): boolean => spotCheck > 0 || quorum > 1;

/** A part as percent without the noise of floating-point numbers. */
const percentOf = (part: number): string => String(Number((100 * part).toPrecision(6)));

/** A part from percent, or what was typed where it is no number: the coordinator says what is wrong with it. */
const partOf = (text: string): unknown =>
  text.trim() === '' || Number.isNaN(Number(text)) ? text : Number((Number(text) / 100).toPrecision(6));

const numberOf = (text: string): unknown =>
  text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);

export function TrustPanel() {
  const t = workerTexts();
  const [typed, setTyped] = useState<{ readonly part: string | null; readonly quorum: string | null }>(
    NOTHING_TYPED,
  );
  const trust = presentTrust();
  if (trust === null) return null;
  const { part = percentOf(trust.spotCheck), quorum = String(trust.quorum) } = withoutNulls(typed);
  const checked = workers.value.reduce((sum, worker) => sum + (worker.trust?.checked ?? 0), 0);
  const change = async (): Promise<void> => {
    const body = { spotCheck: partOf(part), quorum: numberOf(quorum) };
    if (await attempt(() => api.post('/api/run/trust', body))) setTyped(NOTHING_TYPED);
  };
  return (
    <section class="panel lecture">
      <div class="title">
        <h2>{t.trust}</h2>
        <span class="quiet">{isChecked(trust) ? t.trustOn(count(checked)) : t.trustOff}</span>
      </div>
      <p class="quiet">{t.trustWhy}</p>
      <form
        class="buttons"
        onSubmit={(event) => {
          event.preventDefault();
          void change();
        }}
      >
        <label class="field inline">
          <span>{t.spotCheck}</span>
          <input
            type="text"
            inputMode="decimal"
            size={5}
            value={part}
            onInput={({ currentTarget }) => setTyped({ ...typed, part: currentTarget.value })}
          />
        </label>
        <label class="field inline">
          <span>{t.quorum}</span>
          <input
            type="text"
            inputMode="numeric"
            size={3}
            value={quorum}
            onInput={({ currentTarget }) => setTyped({ ...typed, quorum: currentTarget.value })}
          />
        </label>
        <button type="submit">{t.changeTrust}</button>
      </form>
    </section>
  );
}

const NOTHING_TYPED = { part: null, quorum: null };

function withoutNulls({ part, quorum }: { readonly part: string | null; readonly quorum: string | null }) {
  return { ...(part !== null && { part }), ...(quorum !== null && { quorum }) };
}
