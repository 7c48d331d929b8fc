/**
 * The kinds of fields that a run spec is made of, as valibot schemas. The message of each is what the field may be, as
 * JSON (`facts/allowed.ts`); `problems.ts` makes a fact of it, and `words/` the sentence.
 */
import * as v from 'valibot';
import { type Allowed, isWithin, type NumberBounds } from '../facts/allowed.ts';

const messageOf = (allowed: Allowed): string => JSON.stringify(allowed);

/** What a schema of this file put into its message. */
export const allowedOf = (message: string): Allowed => JSON.parse(message) as Allowed;

/** A finite number within the bounds. */
export const number = (bounds: NumberBounds) =>
  v.custom<number>(
    (value) => typeof value === 'number' && Number.isFinite(value) && isWithin(value, bounds),
    messageOf({ kind: 'number', ...bounds }),
  );

export const anyNumber = number({});
export const positive = number({ above: 0 });
export const notNegative = number({ least: 0 });
/** Rates, momentums and decays: at 1 nothing would be left. */
export const rate = number({ least: 0, below: 1 });
export const fraction = number({ least: 0, most: 1 });
export const factor = number({ above: 0, most: 1 });

const isWhole = (value: unknown, least: number, most: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;

export const whole = (least: number, most: number) =>
  v.custom<number>((value) => isWhole(value, least, most), messageOf({ kind: 'whole', least, most }));

/** One whole number for both ways, or [height, width]. */
export const pair = (least: number, most: number) =>
  v.pipe(
    v.custom<number | readonly [number, number]>(
      (value) =>
        isWhole(value, least, most) ||
        (Array.isArray(value) && value.length === 2 && value.every((one) => isWhole(one, least, most))),
      messageOf({ kind: 'pair', least, most }),
    ),
    v.metadata({ form: 'pair' }),
  );

export const flag = v.boolean(messageOf({ kind: 'flag' }));

export const text = (most: number) => {
  const message = messageOf({ kind: 'text', most });
  return v.pipe(v.string(message), v.maxLength(most, message));
};

export const sha256 = v.pipe(
  v.string(messageOf({ kind: 'sha256' })),
  v.regex(/^[0-9a-f]{64}$/, messageOf({ kind: 'sha256' })),
);

export const oneOf = <const N extends readonly string[]>(names: N) =>
  v.picklist(names, messageOf({ kind: 'names', names }));

/** An object with exactly these fields. */
export const fields = <const E extends v.ObjectEntries>(entries: E) =>
  v.strictObject(entries, messageOf({ kind: 'object', fields: Object.keys(entries) }));

type Entries = Extract<Allowed, { kind: 'list' }>['of'];

export const list = <S extends v.GenericSchema>(item: S, of: Entries) =>
  v.array(item, messageOf({ kind: 'list', of }));

/** A list of at most so many entries. */
export const listUpTo = <S extends v.GenericSchema>(most: number, item: S, of: Entries) =>
  v.pipe(list(item, of), v.maxLength(most, messageOf({ kind: 'list', of, most })));

/** A field that has to be written, and what a form begins with. */
export const beginningWith = <const S extends v.GenericSchema>(start: v.InferInput<S>, schema: S) =>
  v.pipe(schema, v.metadata({ start }));
