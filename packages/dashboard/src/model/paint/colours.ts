/** Colour scales that people with any of the common kinds of colour blindness can read. */
import type { Theme } from '../../shared/theme.ts';
import type { Colour } from './tiles.ts';

/** Colours at equal distances, from the lowest value to the highest. */
type Scale = readonly Colour[];

/**
 * Around zero: orange below, blue above, and the ground of the page in between. What is strong stands out against the
 * ground, which is light in one theme and dark in the other.
 */
const SIGNED: Readonly<Record<Theme, Scale>> = {
  light: [
    [122, 44, 0],
    [213, 94, 0],
    [247, 187, 140],
    [240, 243, 247],
    [143, 196, 232],
    [0, 114, 178],
    [0, 45, 92],
  ],
  dark: [
    [255, 214, 170],
    [240, 137, 74],
    [122, 60, 22],
    [13, 18, 25],
    [18, 74, 118],
    [86, 180, 233],
    [214, 240, 255],
  ],
};

/** Grey values of a digit: ink on the ground of the page. */
const INK: Readonly<Record<Theme, Scale>> = {
  light: [
    [240, 243, 247],
    [23, 32, 43],
  ],
  dark: [
    [13, 18, 25],
    [232, 236, 241],
  ],
};

/** Cividis (Nuñez, Anderton, Renslow 2018), at tenths: equal steps look equal, with and without colour vision. */
const CIVIDIS: Scale = [
  [0, 34, 78],
  [18, 53, 112],
  [59, 73, 108],
  [87, 93, 109],
  [112, 113, 115],
  [138, 134, 120],
  [165, 156, 116],
  [195, 179, 105],
  [225, 204, 85],
  [254, 232, 56],
];

/** `value` from −1 to 1; what lies beyond is cut. */
export function signedColour(theme: Theme, value: number): Colour {
  return along(SIGNED[theme], (value + 1) / 2);
}

/** `value` from 0 to 1. */
export function inkColour(theme: Theme, value: number): Colour {
  return along(INK[theme], value);
}

/** `value` from 0 to 1, the same in both themes. */
export function heatColour(value: number): Colour {
  return along(CIVIDIS, value);
}

export function cssColour([red, green, blue]: Colour): string {
  return `rgb(${red} ${green} ${blue})`;
}

function along(scale: Scale, part: number): Colour {
  const place = Math.min(Math.max(part, 0), 1) * (scale.length - 1);
  const below = Math.min(Math.floor(place), scale.length - 2);
  const [a, b] = [scale[below], scale[below + 1]];
  const mix = (i: 0 | 1 | 2): number => Math.round(a[i] + (b[i] - a[i]) * (place - below));
  return [mix(0), mix(1), mix(2)];
}
