/** The page's name, and the switches for language and theme. */
import { chooseLanguage, language } from '../shared/language.ts';
import { chooseTheme, theme } from '../shared/theme.ts';
import { texts } from './texts.ts';

export function Header() {
  const t = texts();
  const other = language.value === 'en' ? 'zh' : 'en';
  return (
    <header class="top">
      <p class="brand">
        <svg class="fish" viewBox="0 0 34 28" aria-hidden="true">
          <path d="M12 7c3-4 10-4 14 0l4-3v6l-4-3c-4 4-11 4-14 0zM1 14c3-4 10-4 14 0l4-3v6l-4-3c-4 4-11 4-14 0zM12 21c3-4 10-4 14 0l4-3v6l-4-3c-4 4-11 4-14 0z" />
        </svg>
        Shoal
      </p>
      <button type="button" lang={other === 'zh' ? 'zh-CN' : 'en'} onClick={() => chooseLanguage(other)}>
        {t.otherLanguage}
      </button>
      <button type="button" onClick={() => chooseTheme(theme.value === 'dark' ? 'light' : 'dark')}>
        {theme.value === 'dark' ? t.toLight : t.toDark}
      </button>
    </header>
  );
}
