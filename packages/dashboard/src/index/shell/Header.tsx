/** Top of the page: name, parts, language and colours. */
import { useRef } from 'preact/hooks';
import { chooseLanguage, type Language, language } from '../../shared/language.ts';
import { chooseTheme, theme } from '../../shared/theme.ts';
import { operates } from '../store.ts';
import { frameTexts } from '../texts.ts';
import { chooseTab, TABS, type Tab, tab, tabAfterKey } from './tabs.ts';

/** A viewer starts nothing and invites nobody. */
const shownTabs = (): readonly Tab[] =>
  operates.value ? TABS : TABS.filter((one) => one !== 'start' && one !== 'join');

/** The part that is shown: the chosen one, unless this role does not have it. */
export const shownTab = (): Tab => (shownTabs().includes(tab.value) ? tab.value : 'run');

export function Header() {
  return (
    <header class="top">
      <span class="brand">
        <Fish />
        Shoal
      </span>
      <Tabs />
      <Preferences />
    </header>
  );
}

function Tabs() {
  const t = frameTexts();
  const list = useRef<HTMLDivElement>(null);
  const shown = shownTab();
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = tabAfterKey(shownTabs(), shown, event.key);
    if (next === null) return;
    event.preventDefault();
    chooseTab(next);
    list.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={t.parts} ref={list} onKeyDown={onKeyDown}>
      {shownTabs().map((one) => (
        <button
          key={one}
          id={`tab-${one}`}
          type="button"
          role="tab"
          aria-selected={one === shown}
          aria-controls="part"
          tabIndex={one === shown ? 0 : -1}
          onClick={() => chooseTab(one)}
        >
          {t.tabs[one]}
        </button>
      ))}
    </div>
  );
}

/** Also shown where no token has been given yet. */
export function Preferences() {
  const t = frameTexts();
  const dark = theme.value === 'dark';
  const other: Language = language.value === 'en' ? 'zh' : 'en';
  return (
    <div class="preferences">
      <button
        type="button"
        class="plain"
        lang={other === 'zh' ? 'zh-CN' : 'en'}
        onClick={() => chooseLanguage(other)}
      >
        {other === 'zh' ? '中文' : 'English'}
      </button>
      <button type="button" class="plain" onClick={() => chooseTheme(dark ? 'light' : 'dark')}>
        {dark ? t.light : t.dark}
      </button>
    </div>
  );
}

/** Three of them, swimming one way. */
export function Fish() {
  const one = 'c3-4 10-4 14 0 l4-3 v6 l-4-3 c-4 4-11 4-14 0z';
  return (
    <svg class="fish" viewBox="0 0 34 28" aria-hidden="true">
      <path d={`M12 7${one} M1 14${one} M12 21${one}`} />
    </svg>
  );
}
