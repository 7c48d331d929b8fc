/** Numbers as people read them, in the page's language. */
import type { Language } from '../shared/language.ts';

const localeOf = (language: Language): string => (language === 'zh' ? 'zh-CN' : 'en');

/** Whole numbers, with thousands apart. */
export function whole(value: number, language: Language): string {
  return new Intl.NumberFormat(localeOf(language), { maximumFractionDigits: 0 }).format(value);
}

/** 0.0123 as 1.2 %, with one digit behind the point near either end. */
export function percent(part: number, language: Language): string {
  const digits = part > 0 && part < 1 && (part < 0.1 || part > 0.9) ? 1 : 0;
  return new Intl.NumberFormat(localeOf(language), {
    style: 'percent',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(part);
}

export function decimal(value: number, language: Language): string {
  return new Intl.NumberFormat(localeOf(language), { maximumSignificantDigits: 3 }).format(value);
}

/** A time that people wait, in seconds. */
export function seconds(ms: number, language: Language): string {
  return new Intl.NumberFormat(localeOf(language), { maximumFractionDigits: 1 }).format(ms / 1000);
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Decimal units, as network providers count. */
export function bytes(value: number, language: Language): string {
  let scaled = value;
  let unit = 0;
  while (scaled >= 999.5 && unit < UNITS.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || scaled >= 99.95 ? 0 : 1;
  const text = new Intl.NumberFormat(localeOf(language), { maximumFractionDigits: digits }).format(scaled);
  return `${text} ${UNITS[unit]}`;
}
