/** Numbers as the page writes them: the same in both languages. Null and what is not finite is a dash. */

export const NOTHING = '–';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

const known = (value: number | null | undefined): value is number =>
  value !== null && value !== undefined && Number.isFinite(value);

/** 34,826 */
export const count = (value: number | null | undefined): string =>
  known(value) ? whole.format(value) : NOTHING;

/** 97.35 % */
export const percent = (fraction: number | null | undefined, digits = 2): string =>
  known(fraction) ? `${(fraction * 100).toFixed(digits)} %` : NOTHING;

/** Four significant digits, without an exponent where that stays readable: 0.08213, 1.302, 3.1e-7 */
export function significant(value: number | null | undefined): string {
  if (!known(value)) return NOTHING;
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) return value.toExponential(2);
  return String(Number(value.toPrecision(4)));
}

/** 1:02:03 or 3:20 (hours, minutes, seconds) */
export function clock(seconds: number | null | undefined): string {
  if (!known(seconds) || seconds < 0) return NOTHING;
  const total = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(total / 60) % 60;
  const hours = Math.floor(total / 3600);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(total % 60)}` : `${minutes}:${two(total % 60)}`;
}

/** 1.3 MB, in powers of a thousand as network speeds are */
export const bytes = (value: number | null | undefined): string =>
  inThousands(value, ['B', 'kB', 'MB', 'GB', 'TB']);

/** 1.3 Mbit/s */
export const bitRate = (bitsPerSecond: number | null | undefined): string =>
  inThousands(bitsPerSecond, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s']);

function inThousands(value: number | null | undefined, units: readonly string[]): string {
  if (!known(value)) return NOTHING;
  let size = value;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 || size >= 99.95 ? Math.round(size) : size.toFixed(1)} ${units[unit] ?? ''}`;
}

/** 850 ms, 3.4 s, 2:05 */
export function shortTime(seconds: number | null | undefined): string {
  if (!known(seconds)) return NOTHING;
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  return seconds < 99.95 ? `${seconds.toFixed(1)} s` : clock(seconds);
}

/** 14:05:59, of a moment in milliseconds since 1970, in local time */
export function timeOfDay(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

/** 2026-03-09 14:05, of an ISO date, in local time */
export function dateAndTime(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
