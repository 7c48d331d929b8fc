/** Before joining: what will happen, what it costs, and one button. */
import { canCompute } from '@shoal/worker/browser';
import { WhatLeaves } from './Ledger.tsx';
import { Scene, WhatFor } from './Room.tsx';
import { texts } from './texts.ts';
import { address, cores, join, name, nameless, start, threads } from './volunteer.ts';

const able = canCompute();

export function Invitation() {
  const t = texts();
  const problem = address === null ? t.noToken : able ? null : t.cannotCompute;
  return (
    <main class="invitation">
      <h1>{t.invitation}</h1>
      <p class="lead">{t.whatHappens(address === null ? location.host : new URL(address.origin).host)}</p>
      <WhatFor />
      <p class="quiet">{t.cost(threads.value, cores)}</p>
      {problem === null ? (
        <form
          class="panel joining"
          onSubmit={(event) => {
            event.preventDefault();
            join();
          }}
        >
          <label class="field">
            <span>{t.nameLabel}</span>
            <input
              value={name.value}
              maxLength={64}
              placeholder={nameless}
              autocomplete="nickname"
              aria-describedby="name-hint"
              onInput={(event) => {
                name.value = event.currentTarget.value;
              }}
            />
            <span class="quiet" id="name-hint">
              {t.nameHint}
            </span>
          </label>
          <button type="submit" class="primary" disabled={start.value === 'starting'}>
            {start.value === 'starting' ? t.phases.connecting : t.join}
          </button>
          {start.value === 'failed' ? (
            <p class="problem" role="alert">
              {t.notStarted}
            </p>
          ) : null}
        </form>
      ) : (
        <p class="panel problem" role="alert">
          {problem}
        </p>
      )}
      <Scene />
      <WhatLeaves ledger={null} />
    </main>
  );
}
