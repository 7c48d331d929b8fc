/** Rounds the vector of each leaf, where the run's coding does: part of what the leaf is. */

import type { Vectors } from '../engine/engine.ts';
import type { Model } from '../nn/model.ts';
import { Purpose } from '../random/threefry.ts';
import type { RunSpec } from '../spec/runSpec.ts';
import type { VectorId } from '../vectors/arena.ts';
import { commonBound, upKind } from './kind.ts';
import { codedLayout } from './layout.ts';
import { placeOf, roundVector } from './roundVector.ts';
import { WHOLE_MAX } from './scale.ts';

/** @param scales those that all leaves of the step share, where there are any */
export type LeafRounding = (
  vector: VectorId,
  place: { readonly step: number; readonly leaf: number; readonly leaves: number },
  scales: Float32Array | null,
) => void;

/** Null where the run's coding rounds no leaf. */
export function leafRounding(spec: RunSpec, model: Model, arena: Vectors): LeafRounding | null {
  const kind = upKind(spec);
  const layout = codedLayout(model);
  const addressOf = ({ step, leaf }: { readonly step: number; readonly leaf: number }) => ({
    ...{ seed: spec.seed, purpose: Purpose.up, step, leaf },
  });
  switch (kind.type) {
    case 'none':
      return null;
    case 'own':
      return (vector, place) => {
        roundVector(placeOf(arena, vector), layout, WHOLE_MAX[kind.coding], null, addressOf(place));
      };
    case 'common':
      return (vector, place, scales) => {
        if (scales === null) return;
        const bound = commonBound(place.leaves);
        roundVector(placeOf(arena, vector), layout, bound, scales, addressOf(place));
      };
  }
}
