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
        <svg class="fish" viewBox="0 0 32 16" aria-hidden="true">
          <path d="M2 8c4-7 15-7 20 0l6-5c-1 3-1 7 0 10l-6-5c-5 7-16 7-20 0z" />
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
