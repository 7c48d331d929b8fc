/** Multiples of a scale as whole numbers in bytes; `assembly/rounding.ts` writes and reads them. */
import type { RoundingName } from './scale.ts';

/** Bytes of so many whole numbers. */
export function packedLength(name: RoundingName, length: number): number {
  return name === 'int8' ? length : Math.ceil(length / 2);
}
