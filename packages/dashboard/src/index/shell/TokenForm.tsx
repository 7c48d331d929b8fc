/** Asks for the token where the link was opened without one, or where the coordinator does not take it. */
import { useState } from 'preact/hooks';
import { wordsOfEvent } from '../../shared/words.ts';
import { keepToken } from '../session.ts';
import { connection } from '../store.ts';
import { frameTexts } from '../texts.ts';
import { Fish, Preferences } from './Header.tsx';

/** Of a whole link, what stands behind its `#`. */
const tokenIn = (written: string): string => written.slice(written.lastIndexOf('#') + 1).trim();

export function TokenForm() {
  const t = frameTexts();
  const [written, setWritten] = useState('');
  const state = connection.value;
  const submit = (event: Event): void => {
    event.preventDefault();
    const token = tokenIn(written);
    if (token !== '') keepToken(token);
  };
  return (
    <>
      <header class="top">
        <span class="brand">
          <Fish />
          Shoal
        </span>
        <Preferences />
      </header>
      <main id="part" class="narrow">
        <form class="panel stack" onSubmit={submit}>
          <h1>{t.tokenTitle}</h1>
          <p class="quiet">{t.tokenWhy}</p>
          {state.name === 'refused' ? (
            <p class="problem" role="alert">
              {wordsOfEvent(state)}
            </p>
          ) : null}
          <label class="field">
            <span>{t.tokenLabel}</span>
            <input
              name="token"
              autocomplete="off"
              spellcheck={false}
              required
              value={written}
              onInput={({ currentTarget }) => setWritten(currentTarget.value)}
            />
          </label>
          <div>
            <button type="submit" class="primary">
              {t.tokenGo}
            </button>
          </div>
        </form>
      </main>
    </>
  );
}
