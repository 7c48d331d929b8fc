/**
 * The kinds of fields that a run spec is made of, as valibot schemas. The message of each is what the field must be,
 * in words ("a whole number from 1 to 4096"); `problems.ts` makes the sentence of it.
 */
import * as v from 'valibot';

/** A finite number for which `holds` is true. */
export const number = (range: string, holds: (value: number) => boolean) =>
  v.custom<number>((value) => typeof value === 'number' && Number.isFinite(value) && holds(value), range);

export const anyNumber = number('a number', () => true);
export const positive = number('a number above 0', (value) => value > 0);
export const notNegative = number('a number of at least 0', (value) => value >= 0);
/** Rates, momentums and decays: at 1 nothing would be left. */
export const rate = number('a number of at least 0 and below 1', (value) => value >= 0 && value < 1);
export const fraction = number('a number from 0 to 1', (value) => value >= 0 && value <= 1);
export const factor = number('a number above 0 and at most 1', (value) => value > 0 && value <= 1);

export const whole = (least: number, most: number) =>
  number(
    `a whole number from ${least} to ${most}`,
    (value) => Number.isInteger(value) && value >= least && value <= most,
  );

export const flag = v.boolean('true or false');

export const text = (max: number) => {
  const range = `text of at most ${max} characters`;
  return v.pipe(v.string(range), v.maxLength(max, range));
};

export const oneOf = <const N extends readonly string[]>(names: N) =>
  v.picklist(names, `one of ${names.join(', ')}`);

/** An object with exactly these fields. */
export const fields = <const E extends v.ObjectEntries>(entries: E) =>
  v.strictObject(entries, `an object with the fields ${Object.keys(entries).join(', ')}`);

export const list = <S extends v.GenericSchema>(item: S, of: string) => v.array(item, `a list of ${of}`);

/** A field that has to be written, and what a form begins with. */
export const beginningWith = <const S extends v.GenericSchema>(start: v.InferInput<S>, schema: S) =>
  v.pipe(schema, v.metadata({ start }));
