/** What has to be seen on every part of the page: a lost connection, and an action that did not work. */
import { problem, refusalText } from '../actions.ts';
import { connection, outdated, version } from '../store.ts';
import { frameTexts } from '../texts.ts';

export function Notices() {
  const t = frameTexts();
  const state = connection.value;
  return (
    <>
      <div role="status" class="notices">
        {state.name === 'lost' ? <p class="banner">{t.lost(state.attempts)}</p> : null}
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
