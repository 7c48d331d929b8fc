/** The language of the page: English or Chinese, from the browser's preference until somebody chooses. */
import { signal } from '@preact/signals';
import type { Language } from '@shoal/core';

export type { Language };

const KEY = 'shoal-language';

function preferred(): Language {
  const kept = storage()?.getItem(KEY);
  if (kept === 'en' || kept === 'zh') return kept;
  return navigator.languages.some((one) => one.toLowerCase().startsWith('zh')) &&
    !navigator.languages[0]?.toLowerCase().startsWith('en')
    ? 'zh'
    : 'en';
}

/** A page may be denied storage; then a choice lasts as long as the page. */
function storage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

export const language = signal<Language>(preferred());

language.subscribe((value) => {
  document.documentElement.lang = value === 'zh' ? 'zh-CN' : 'en';
});

export function chooseLanguage(chosen: Language): void {
  language.value = chosen;
  storage()?.setItem(KEY, chosen);
}

/** The same words in both languages. Entries are sentences, or functions that put values into one. */
export type Texts<T> = { readonly en: T; readonly zh: T };

/** The entries of the chosen language. Each part of the page has its own `texts.ts`; read it while rendering. */
export function textsIn<T>(texts: Texts<T>): T {
  return texts[language.value];
}
