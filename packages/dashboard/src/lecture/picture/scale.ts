/** From values to places on an axis, and which values are written at it. */

export type Axis = { readonly from: number; readonly to: number; readonly log?: boolean };

/** A part from 0 to 1 of the way along the axis; what lies beyond is cut. */
export function partOf({ from, to, log = false }: Axis, value: number): number {
  const part = log
    ? (Math.log(Math.max(value, from)) - Math.log(from)) / (Math.log(to) - Math.log(from))
    : (value - from) / (to - from);
  return Math.min(Math.max(part, 0), 1);
}

/** Round numbers along the axis, about `count` of them. */
export function ticksOf({ from, to, log = false }: Axis, count: number): number[] {
  if (log) return decades(from, to, count);
  const rough = (to - from) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough * 0.999) ?? rough;
  const ticks: number[] = [];
  for (let i = Math.ceil(from / step - 1e-9); i * step <= to + step * 1e-9; i += 1)
    ticks.push(i === 0 ? 0 : i * step);
  return ticks;
}

function decades(from: number, to: number, count: number): number[] {
  const first = Math.ceil(Math.log10(from) - 1e-9);
  const last = Math.floor(Math.log10(to) + 1e-9);
  const every = Math.max(1, Math.ceil((last - first + 1) / count));
  const ticks: number[] = [];
  for (let power = first; power <= last; power += every) ticks.push(10 ** power);
  return ticks;
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

export function tickText(value: number, log = false): string {
  if (log && value > 0) {
    const power = Math.round(Math.log10(value));
    if (Math.abs(power) > 2) {
      const digits = [...String(Math.abs(power))].map((digit) => SUPERSCRIPTS[Number(digit)]).join('');
      return `10${power < 0 ? '⁻' : ''}${digits}`;
    }
  }
  return String(Number(value.toPrecision(4))).replace('-', '−');
}

/** A range around all values, with a little room. */
export function axisAround(
  values: Iterable<number>,
  { least = 1e-9 }: { readonly least?: number } = {},
): Axis {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    from = Math.min(from, value);
    to = Math.max(to, value);
  }
  if (!(to >= from)) return { from: 0, to: 1 };
  const room = Math.max((to - from) * 0.05, least);
  return { from: from - room, to: to + room };
}

const LATIN = 0.6;
/** From the radicals on: characters that are as wide as they are high. */
const WIDE = /[\u2e80-\uffef]/;

/** About how wide a text is, in heights of its letters. */
export const lettersOf = (text: string): number =>
  Array.from(text).reduce((sum, letter) => sum + (WIDE.test(letter) ? 1 : LATIN), 0);

/** For stretches side by side in ascending order: the first row, from 0, in which each meets none before it. */
export function freeRows(stretches: readonly (readonly [from: number, to: number])[]): number[] {
  const ends: number[] = [];
  return stretches.map(([from, to]) => {
    const free = ends.findIndex((end) => end < from);
    const row = free < 0 ? ends.length : free;
    ends[row] = to;
    return row;
  });
}
