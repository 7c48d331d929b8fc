/** Dark or light: the system's preference until somebody chooses. */
import { signal } from '@preact/signals';

export type Theme = 'dark' | 'light';

const KEY = 'shoal-theme';
const system = matchMedia('(prefers-color-scheme: dark)');

function kept(): Theme | null {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'dark' || value === 'light' ? value : null;
  } catch {
    return null;
  }
}

export const theme = signal<Theme>(kept() ?? (system.matches ? 'dark' : 'light'));

system.addEventListener('change', () => {
  if (kept() === null) theme.value = system.matches ? 'dark' : 'light';
});
theme.subscribe((value) => {
  document.documentElement.dataset.theme = value;
});

export function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}
