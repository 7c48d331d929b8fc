/** What a field may be, in English: "a whole number from 1 to 4096". */
import type { Allowed } from '../../facts/allowed.ts';

export function allowedInEnglish(allowed: Allowed): string {
  switch (allowed.kind) {
    case 'number':
      return numberInEnglish(allowed);
    case 'whole':
      return whole(allowed);
    case 'pair':
      return `${whole(allowed)}, or two of them as [height, width]`;
    case 'flag':
      return 'true or false';
    case 'text':
      return `text of at most ${allowed.most} characters`;
    case 'sha256':
      return 'the SHA-256 of a file, 64 hexadecimal digits in lower case';
    case 'names':
      return `one of ${allowed.names.join(', ')}`;
    case 'object':
      return `an object with the fields ${allowed.fields.join(', ')}`;
    case 'list':
      return `a list of ${allowed.most === undefined ? '' : `at most ${allowed.most} `}${ENTRIES[allowed.of]}`;
  }
}

const ENTRIES: Readonly<Record<Extract<Allowed, { kind: 'list' }>['of'], string>> = {
  layers: 'layers',
  numbers: 'numbers',
  rows: 'rows, one for each unit',
  names: 'names',
  unitNumbers: 'numbers, one for each unit',
  extents: 'extents: [features], or [channels, height, width]',
};

function numberInEnglish({ above, least, below, most, unit }: Extract<Allowed, { kind: 'number' }>): string {
  const what = unit === undefined ? 'a number' : `a number of ${unit}`;
  if (least !== undefined && most !== undefined) return `${what} from ${least} to ${most}`;
  const bounds = [
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(least === undefined ? [] : [`${unit === undefined ? 'of ' : ''}at least ${least}`]),
    ...(below === undefined ? [] : [`below ${below}`]),
    ...(most === undefined ? [] : [`at most ${most}`]),
  ];
  return [what, bounds.join(' and ')].filter((part) => part !== '').join(' ');
}

const whole = ({ least, most }: { readonly least: number; readonly most: number | null }): string =>
  most === null ? `a whole number of at least ${least}` : `a whole number from ${least} to ${most}`;
