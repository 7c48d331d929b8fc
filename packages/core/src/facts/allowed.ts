/** What a field may be, as data: which numbers, names or lists. Schemas carry it, facts tell it, wordings say it. */

export type Allowed =
  /** A finite number within the bounds that are given. */
  | {
      readonly kind: 'number';
      readonly above?: number;
      readonly least?: number;
      readonly below?: number;
      readonly most?: number;
      readonly unit?: 'pixels' | 'degrees';
    }
  /** A whole number; `most` is null where only memory bounds it. */
  | { readonly kind: 'whole'; readonly least: number; readonly most: number | null }
  /** One such number for both ways, or two of them as [height, width]. */
  | { readonly kind: 'pair'; readonly least: number; readonly most: number | null }
  | { readonly kind: 'flag' }
  /** Text of at most so many characters. */
  | { readonly kind: 'text'; readonly most: number }
  /** 64 hexadecimal digits in lower case. */
  | { readonly kind: 'sha256' }
  | { readonly kind: 'names'; readonly names: readonly string[] }
  /** An object with these fields. */
  | { readonly kind: 'object'; readonly fields: readonly string[] }
  /** `rows` and `unitNumbers` have one entry for each unit of a layer; `extents` are those of a sample. */
  | {
      readonly kind: 'list';
      readonly of: 'layers' | 'numbers' | 'rows' | 'unitNumbers' | 'extents' | 'names';
      readonly most?: number;
    };

export type NumberBounds = Omit<Extract<Allowed, { kind: 'number' }>, 'kind'>;

/** Whether a finite number keeps to the bounds that are given. */
export function isWithin(value: number, { above, least, below, most }: NumberBounds): boolean {
  return (
    (above === undefined || value > above) &&
    (least === undefined || value >= least) &&
    (below === undefined || value < below) &&
    (most === undefined || value <= most)
  );
}
