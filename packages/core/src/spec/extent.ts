/**
 * How deep and how large a spec may be. Held before anything walks through what somebody wrote by recursion, so that no
 * spec, however it is nested, is more than one refused with a sentence.
 */
import { DEFAULT_LIMITS } from '../protocol/limits.ts';
import { SpecError } from './specError.ts';

/** Objects and lists inside each other, the spec itself counted. A welcome carries the spec one level down. */
export const SPEC_DEPTH_MAX = DEFAULT_LIMITS.nestingMax - 1;
/** Objects, lists and single values in all; a thousand layers have some ten thousand. */
export const SPEC_VALUES_MAX = 20_000;
/** Characters of all names and texts. */
export const SPEC_TEXT_MAX = 131_072;

/**
 * Without recursion, and ended by the first bound that is met: a value that holds itself, or one that is held a million
 * times, costs no more than these bounds.
 * @throws SpecError
 */
export function checkExtent(input: unknown): void {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: input, depth: 1 }];
  let values = 1;
  let text = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value === 'string') text += value.length;
    if (typeof value === 'object' && value !== null) {
      if (depth > SPEC_DEPTH_MAX) {
        throw new SpecError([{ type: 'specTooDeep', most: SPEC_DEPTH_MAX }]);
      }
      const children = Array.isArray(value) ? value : Object.values(value);
      values += children.length;
      if (!Array.isArray(value)) for (const name of Object.keys(value)) text += name.length;
      if (values <= SPEC_VALUES_MAX)
        for (const child of children) open.push({ value: child, depth: depth + 1 });
    }
    if (values > SPEC_VALUES_MAX) {
      throw new SpecError([{ type: 'specTooManyValues', most: SPEC_VALUES_MAX }]);
    }
    if (text > SPEC_TEXT_MAX) {
      throw new SpecError([{ type: 'specTextTooLong', most: SPEC_TEXT_MAX }]);
    }
  }
}
