/** What has to be seen on every part of the page: a lost connection, who leads, and an action that did not work. */
import type { ClusterView } from '@shoal/core';
import { problem, refusalText } from '../actions.ts';
import { token } from '../session.ts';
import { cluster, connection, outdated, version } from '../store.ts';
import { frameTexts } from '../texts.ts';

/** Of one that stands by the page shows no run: that goes on elsewhere, and may come here. */
function Standing({
  cluster: { standing, leader, term, coordinators, keptStep, behindOneName },
}: {
  readonly cluster: ClusterView;
}) {
  const t = frameTexts();
  if (standing === 'leads')
    return <p class="quiet number">{t.clusterLeads(term, coordinators.length - 1, keptStep)}</p>;
  return (
    <p class="banner">
      {leader === null || behindOneName ? (
        t.standsByAlone
      ) : (
        <>
          {t.standsBy} <a href={`${leader}/#${token.value ?? ''}`}>{leader}</a>
        </>
      )}
    </p>
  );
}

export function Notices() {
  const t = frameTexts();
  const state = connection.value;
  return (
    <>
      <div role="status" class="notices">
        {state.name === 'lost' ? <p class="banner">{t.lost(state.attempts)}</p> : null}
        {cluster.value === null ? null : <Standing cluster={cluster.value} />}
        {outdated.value ? (
          <p class="banner">
            {t.outdated(version.value)}{' '}
            <button type="button" onClick={() => location.reload()}>
              {t.reload}
            </button>
          </p>
        ) : null}
      </div>
      {problem.value === null ? null : (
        <div role="alert" class="banner bad stays">
          <span>
            {t.failed} {refusalText(problem.value)}
          </span>
          <button type="button" class="plain" aria-label={t.dismiss} onClick={() => (problem.value = null)}>
            ×
          </button>
        </div>
      )}
    </>
  );
}
