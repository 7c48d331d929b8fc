/** From the fields that somebody wrote, in a file or on the page, to a resolved run spec. */
import {
  checkExtent,
  findPreset,
  mergeRunSpec,
  type RunSpec,
  refusalAt,
  resolveRunSpec,
  SpecError,
} from '@shoal/core';
import { UserError } from '../../errors.ts';

/**
 * `preset: name` among the fields names the spec that they change; without it they are a whole spec whose gaps are
 * filled by defaults. `base` is such a name given beside the fields and wins. `source` names where they were written.
 * @throws UserError or SpecError, whose messages are sentences
 */
export function specFromFields(
  input: unknown,
  { base, source }: { readonly base: string | null; readonly source: string },
): RunSpec {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new UserError(
      `${source} must hold an object of fields, such as {"preset": "mnist-mlp", "epochs": 3}.`,
    );
  }
  checkExtent(input);
  const { preset, ...fields } = input as Readonly<Record<string, unknown>>;
  if (preset !== undefined && typeof preset !== 'string') {
    throw new SpecError([{ type: 'presetInvalid', value: JSON.stringify(preset) }]);
  }
  const name = base ?? preset;
  return name === undefined ? resolveRunSpec(fields) : mergeRunSpec(findPreset(name), fields);
}

/** The same problems with the place before each. */
export function placed(error: unknown, place: string): unknown {
  return error instanceof SpecError ? refusalAt(place, error) : error;
}
