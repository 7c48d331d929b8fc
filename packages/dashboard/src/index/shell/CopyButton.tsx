/** Copies a text; on plain HTTP, where there is no clipboard to write to, it selects the text for Ctrl+C. */
import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { runTexts } from '../run/texts.ts';

type CopyProps = {
  readonly text: string;
  /** Where the text stands on the page. */
  readonly place: RefObject<HTMLElement | null>;
  /** What is copied, for whoever does not see where the button stands. */
  readonly what: string;
};

const SAID_MS = 3_000;

export function CopyButton({ text, place, what }: CopyProps) {
  const t = runTexts();
  const [said, setSaid] = useState<string | null>(null);
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => setSaid(null), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async (): Promise<void> => {
    setSaid((await copied(text, place.current)) ? t.copied : t.pressCopy);
  };
  return (
    <span class="copy">
      <button type="button" aria-label={`${t.copy}: ${what}`} onClick={() => void copy()}>
        {t.copy}
      </button>
      <span role="status" class="quiet">
        {said}
      </span>
    </span>
  );
}

async function copied(text: string, place: HTMLElement | null): Promise<boolean> {
  try {
    // Undefined outside a secure context.
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    if (place === null) return false;
    getSelection()?.selectAllChildren(place);
    // Deprecated, and the only way to copy on plain HTTP.
    return document.execCommand('copy');
  }
}
