/** The loss of the network that the optimizers train, on a plane through all of its weights, with their ways. */

import { compileModel, digitsForRun, SampleWriter, wasmStrictEngine } from '@shoal/core';
import { useEffect, useState } from 'preact/hooks';
import { RULES, type RuleName } from '../../index/race/rules.ts';
import { PlayControls } from '../train/PlayControls.tsx';
import { usePlayhead } from '../train/playhead.ts';
import { type Recording, recordingOf } from '../train/recordings.ts';
import { VALIDATION } from '../train/specs.ts';
import { LandscapeMap, WayLegend } from './LandscapeMap.tsx';
import type { Landscape, Way } from './landscape.ts';
import { RACE } from './race.ts';
import { lossesOn, reachOf, type Slice, sliceThrough, spotOf } from './slice.ts';
import { descentTexts } from './texts.ts';

const SIDE = 25;
const SAMPLES = 200;
const MICROBATCH = 50;

type Surface = { readonly slice: Slice; readonly landscape: Landscape; readonly heights: Float64Array };
/** Computed once; the runs are always the same. */
let known: Surface | null = null;

const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

async function compute(recordings: readonly Recording[], progress: (part: number) => void): Promise<Surface> {
  await Promise.all(recordings.map(({ ended }) => ended));
  const [sgd, momentum] = recordings as [Recording, Recording];
  const begin = sgd.states[0]?.parameters ?? new Float32Array(0);
  const end = ({ states }: Recording): Float32Array => states.at(-1)?.parameters ?? begin;
  const slice = sliceThrough(begin, end(sgd), end(momentum));
  const spots = recordings.flatMap(({ states }) => states.map(({ parameters }) => spotOf(slice, parameters)));
  const reach = reachOf(spots);
  const spec = RACE[0] as (typeof RACE)[number];
  const model = compileModel(spec.model);
  const executor = await wasmStrictEngine.compile(model, { microbatch: MICROBATCH, inputGradient: false });
  const { train } = digitsForRun({ seed: spec.seed, validation: VALIDATION, limit: SAMPLES });
  const writer = new SampleWriter({ shape: model.inputShape, augment: null, seed: spec.seed });
  const heights = await lossesOn({
    ...{ slice, reach, side: SIDE, executor, writer, samples: train },
    rest: (part) => {
      progress(part);
      return rest();
    },
  });
  // Losses span decades: their logarithm shows the valley and not only its walls.
  return { slice, landscape: { ...reach, height: () => 0 }, heights: heights.map((loss) => Math.log(loss)) };
}

export function SliceScene() {
  const t = descentTexts();
  const recordings = RACE.map((spec) => recordingOf(spec));
  const playhead = usePlayhead(recordings);
  const [surface, setSurface] = useState<Surface | null>(known);
  const [part, setPart] = useState(0);
  useEffect(() => {
    if (known !== null) return;
    let isCurrent = true;
    void compute(recordings, (done) => {
      if (isCurrent) setPart(done);
    }).then((made) => {
      known = made;
      if (isCurrent) setSurface(made);
    });
    return () => {
      isCurrent = false;
    };
  }, []);
  const ways = recordings.map((recording, look): Way => {
    const name = t.rules[RULES[look] as RuleName];
    const states = recording.states.filter(({ step }) => step <= playhead.at);
    return {
      ...{ name, look },
      spots: surface === null ? [] : states.map(({ parameters }) => spotOf(surface.slice, parameters)),
    };
  });
  const lossOf = (look: number): number =>
    recordings[look]?.losses[Math.min(playhead.at, recordings[look]?.length ?? 0) - 1] ?? Number.NaN;
  return (
    <>
      <div
        class="picture"
        data-known={surface !== null}
        data-ways={ways.map(({ spots }) => spots.length).join(' ')}
        data-begins={recordings.map(({ losses }) => losses[0] ?? '').join(' ')}
        data-losses={ways.map(({ look }) => lossOf(look)).join(' ')}
      >
        {surface === null ? (
          <p class="quiet number" role="status">
            {t.sliceComing(Math.floor(100 * part))}
          </p>
        ) : (
          <LandscapeMap
            landscape={surface.landscape}
            heights={surface.heights}
            ways={ways}
            at={Number.POSITIVE_INFINITY}
            label={t.sliceLabel}
          />
        )}
      </div>
      <div class="controls">
        <WayLegend
          ways={ways}
          says={({ look }) => (Number.isNaN(lossOf(look)) ? '' : t.loss(lossOf(look).toFixed(2)))}
        />
      </div>
      <PlayControls playhead={playhead} recordings={recordings} />
    </>
  );
}
