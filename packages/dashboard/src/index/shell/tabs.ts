/** Which part of the page is shown. The address stays as it is: it had the token, and a tab of a browser is one place. */
import { signal } from '@preact/signals';

export const TABS = ['run', 'workers', 'model', 'runs', 'sweeps', 'start', 'join', 'log'] as const;

export type Tab = (typeof TABS)[number];

const KEY = 'shoal-part';

/** A link may name the part that it leads to. */
const asked = TABS.find((one) => one === new URLSearchParams(location.search).get('part'));

function kept(): Tab {
  if (asked !== undefined) return asked;
  try {
    const value = sessionStorage.getItem(KEY);
    return TABS.find((one) => one === value) ?? 'run';
  } catch {
    return 'run';
  }
}

export const tab = signal<Tab>(kept());

export function chooseTab(chosen: Tab): void {
  tab.value = chosen;
  try {
    sessionStorage.setItem(KEY, chosen);
  } catch {
    // Without storage the page begins at its first part again.
  }
}

/** The tab that a key moves to from `from`, among those that are shown; null when the key moves nowhere. */
export function tabAfterKey(shown: readonly Tab[], from: Tab, key: string): Tab | null {
  const at = shown.indexOf(from);
  const to =
    key === 'ArrowRight'
      ? (at + 1) % shown.length
      : key === 'ArrowLeft'
        ? (at - 1 + shown.length) % shown.length
        : key === 'Home'
          ? 0
          : key === 'End'
            ? shown.length - 1
            : null;
  return to === null ? null : (shown[to] ?? null);
}
