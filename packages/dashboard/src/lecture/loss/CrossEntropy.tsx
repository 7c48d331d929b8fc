/** Cross-entropy and square error of the same neuron as two surfaces over two weights. */
import { useMemo, useState } from 'preact/hooks';
import { LandscapeMap } from '../descent/LandscapeMap.tsx';
import { type Landscape, ruleOf, type Spot, slopeAt, wayDown } from '../descent/landscape.ts';
import { Slider } from '../picture/Slider.tsx';
import { StepControls } from '../picture/StepControls.tsx';
import { useStepper } from '../picture/stepper.ts';
import { lossTexts } from './texts.ts';
import { CROSS_ENTROPY, SQUARE_ERROR } from './twoLosses.ts';

const STEPS = 60;
const RULE = ruleOf({ type: 'sgd', lr: 1 });
const LOSSES = [
  ['crossEntropy', CROSS_ENTROPY],
  ['squareError', SQUARE_ERROR],
] as const;

export function CrossEntropy() {
  const t = lossTexts();
  const [start, setStart] = useState<Spot>([-6, -5]);
  const ways = useMemo(() => LOSSES.map(([, landscape]) => wayDown(landscape, RULE, start, STEPS)), [start]);
  const stepper = useStepper(STEPS, 10, start.join());
  const steepness = (landscape: Landscape): number => Math.hypot(...slopeAt(landscape, start));
  const ratio = steepness(CROSS_ENTROPY) / steepness(SQUARE_ERROR);
  return (
    <>
      <div
        class="picture beside"
        data-ratio={ratio}
        data-ends={LOSSES.map(([, { height }], i) => height(...(ways[i]?.at(-1) ?? start))).join(' ')}
      >
        {LOSSES.map(([name, landscape], i) => {
          const spots = ways[i] ?? [];
          const end = landscape.height(...(spots.at(-1) ?? start));
          return (
            <figure key={name} class="named">
              <figcaption>
                <strong>{t[name]}</strong>{' '}
                <span class="number quiet">{t.slopeAtStart(steepness(landscape).toPrecision(2))}</span>
              </figcaption>
              <LandscapeMap
                landscape={landscape}
                ways={[{ name: t[name], look: i, spots }]}
                at={stepper.at}
                label={t.mapLabel(t[name], end.toFixed(3))}
                onStart={setStart}
              />
              <span class="number">{t.ends(end.toFixed(3))}</span>
            </figure>
          );
        })}
      </div>
      <div class="controls">
        <Slider
          name={t.startX}
          value={start[0]}
          min={-8}
          max={8}
          step={0.5}
          onChange={(x) => setStart([x, start[1]])}
        />
        <Slider
          name={t.startY}
          value={start[1]}
          min={-8}
          max={8}
          step={0.5}
          onChange={(y) => setStart([start[0], y])}
        />
        <p class="reading">{t.ratio(ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(1))}</p>
      </div>
      <StepControls stepper={stepper} />
    </>
  );
}
