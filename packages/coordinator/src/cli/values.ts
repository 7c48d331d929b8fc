/** Readers for the values of options: the value, or a sentence with the option, what was given and the range. */
import { availableParallelism } from 'node:os';
import { PACE_MAX, PACE_MIN, suggestion } from '@shoal/core';
import { UserError } from '../errors.ts';

export const whole =
  (option: string, least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value;
    throw new UserError(`${option} must be a whole number from ${least} to ${most}, not "${text}".`);
  };

/** Above 0. */
export const positive =
  (option: string) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
    throw new UserError(`${option} must be a number above 0, not "${text}".`);
  };

/** A part of a whole. */
export const part =
  (option: string) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && value >= 0 && value <= 1) return value;
    throw new UserError(`${option} must be a number from 0 to 1, not "${text}".`);
  };

/** As many steps a second as can be. */
export const FULL_PACE = 'full';

/** Steps a second; null for full speed. */
export const readPace =
  (option: string) =>
  (text: string): number | null => {
    if (text === FULL_PACE) return null;
    const value = Number(text);
    if (text.trim() !== '' && value >= PACE_MIN && value <= PACE_MAX) return value;
    throw new UserError(
      `${option} must be ${FULL_PACE} or a number of steps a second from ${PACE_MIN} to ${PACE_MAX}, not "${text}".`,
    );
  };

/** One of a few names. */
export const choice =
  <Name extends string>(option: string, names: readonly Name[]) =>
  (text: string): Name => {
    const known = names.find((name) => name === text);
    if (known !== undefined) return known;
    throw new UserError(`${option} cannot be "${text}": ${suggestion(text, names)}`);
  };

/** Several whole numbers with commas between them. */
export const wholeList =
  (option: string, least: number, most: number) =>
  (text: string): number[] =>
    text.split(',').map(whole(option, least, most));

/** Collects the values of an option that may be given several times. */
export const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** Two local workers, or one where there is one core. */
export const defaultWorkers = (): number => Math.min(2, availableParallelism());
