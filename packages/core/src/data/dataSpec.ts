/** What a spec's `data` asks to be done with the samples, whatever the source; apart from the schemas, which a slot does without. */
import type { AugmentSpec, DataSpec, Ordering } from './sources.ts';

/** How training samples are distorted; null for a source whose samples cannot be. */
export const augmentOf = (data: DataSpec): AugmentSpec | null => ('augment' in data ? data.augment : null);

/** In which order epochs visit the samples; a source that is trained on whole has no choice. */
export const orderingOf = (data: DataSpec): Ordering => ('order' in data ? data.order : 'shuffled');

/** Which samples are trained on; null for a source that is trained on whole. */
export const choiceOf = (
  data: DataSpec,
): { readonly validation: number; readonly limit: number | null } | null =>
  'validation' in data ? data : null;

/** True when it changes nothing. */
export const isIdentity = (augment: AugmentSpec): boolean =>
  augment.shift === 0 && augment.rotate === 0 && augment.scale === 0 && augment.elastic.alpha === 0;
