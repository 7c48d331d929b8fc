/** The token of this tab: it arrives behind the `#` of a link and never shows in the address bar for longer than that. */
import { signal } from '@preact/signals';

const KEY = 'shoal-token';

/** A page may be denied storage; then the token lasts as long as the page. */
function storage(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}

/** A link may have been damaged on its way; what cannot be decoded is a token that the coordinator refuses. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function fromAddress(isPlace: (fragment: string) => boolean): string | null {
  const written = decoded(location.hash.slice(1)).trim();
  if (written === '' || isPlace(written)) return null;
  history.replaceState(history.state, '', location.pathname + location.search);
  return written;
}

export const token = signal<string | null>(null);

export function keepToken(chosen: string | null): void {
  if (chosen === null) storage()?.removeItem(KEY);
  else storage()?.setItem(KEY, chosen);
  token.value = chosen;
}

/**
 * Takes the token of the link, or the one that this tab had before it was loaded again.
 * @param isPlace which fragments are places of the page instead
 */
export function startSession(isPlace: (fragment: string) => boolean): void {
  const given = fromAddress(isPlace);
  if (given === null) token.value = storage()?.getItem(KEY) ?? null;
  else keepToken(given);
  // Another link pasted into the same tab changes the fragment alone, and nothing is loaded.
  window.addEventListener('hashchange', () => {
    const pasted = fromAddress(isPlace);
    if (pasted !== null) keepToken(pasted);
  });
}
