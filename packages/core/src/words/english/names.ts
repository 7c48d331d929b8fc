/** "Did you mean": names that are known, in English. */
import { nearestName } from '../../spec/nearestName.ts';

/** A list longer than that helps nobody. */
export const NAMES_SHOWN_MAX = 24;

type Names = { readonly nearest: string | null; readonly known: readonly string[] };

/** `did you mean "lr"? Known here: lr, momentum.` The list is left out when it is long. */
export function namesInEnglish({ nearest, known }: Names): string {
  if (nearest === null)
    return known.length === 0 ? 'nothing is known here.' : `use one of ${known.join(', ')}.`;
  const list = known.length > 1 && known.length <= NAMES_SHOWN_MAX ? ` Known here: ${known.join(', ')}.` : '';
  return `did you mean "${nearest}"?${list}`;
}

/** The same for a word that somebody wrote. */
export const suggestion = (wanted: string, known: readonly string[]): string =>
  namesInEnglish({ nearest: nearestName(wanted, known), known });
