/** Momentum as a ball on a slope: through the hollow in which plain descent stays. */
import { descend } from '@shoal/core';
import { useMemo, useState } from 'preact/hooks';
import { Plot, type Point } from '../picture/Plot.tsx';
import { Slider, short } from '../picture/Slider.tsx';
import { StepControls } from '../picture/StepControls.tsx';
import { useStepper } from '../picture/stepper.ts';
import { ruleOf } from './landscape.ts';
import { descentTexts } from './texts.ts';

const STEPS = 90;
const RATE = 0.05;
const START = -2.6;
const HOLLOW_END = 0.3;
const PLACES = Array.from({ length: 241 }, (_, i) => -3 + (7 * i) / 240);

/** A slope down to the right with a small hollow on its way. */
const height = (w: number): number => 0.22 * (w - 2.2) ** 2 - 0.75 * Math.exp(-((w + 0.8) ** 2) / 0.25);
const slope = (w: number): number => (height(w + 1e-4) - height(w - 1e-4)) / 2e-4;

const wayOf = (momentum: number): number[] =>
  descend(ruleOf({ type: 'momentum', lr: RATE, momentum }), [START], ([w = 0]) => [slope(w)], STEPS).map(
    ([w = 0]) => w,
  );

export function Momentum() {
  const t = descentTexts();
  const [kept, keep] = useState(0.9);
  const ball = useMemo(() => wayOf(kept), [kept]);
  const plain = useMemo(() => wayOf(0), []);
  const stepper = useStepper(STEPS, 12, String(kept));
  const [at, before] = [ball[stepper.at] ?? START, ball[stepper.at - 1] ?? START];
  const other = plain[stepper.at] ?? START;
  const isPast = at > HOLLOW_END && other < HOLLOW_END;
  return (
    <>
      <div class="picture" data-ball={ball.at(-1)} data-plain={plain.at(-1)} data-passes={isPast}>
        <Plot
          label={t.slopeLabel(at.toFixed(2), other.toFixed(2))}
          x={{ from: -3, to: 4, name: t.position }}
          y={{ from: -0.4, to: 6.2, name: t.height }}
          lines={[{ name: '', look: 0, points: PLACES.map((w): Point => [w, height(w)]) }]}
        >
          {(place) => (
            <g class="ball">
              <Arrow
                x={place.x(at)}
                y={place.y(height(at)) - 26}
                by={place.x(at - 8 * RATE * slope(at)) - place.x(at)}
                name={t.slope}
                look="series-3"
              />
              <Arrow
                x={place.x(at)}
                y={place.y(height(at)) - 62}
                by={8 * (place.x(at) - place.x(before))}
                name={t.velocity}
                look="series-2"
              />
              <circle cx={place.x(other)} cy={place.y(height(other)) - 11} r="11" class="plain" />
              <circle cx={place.x(at)} cy={place.y(height(at)) - 15} r="15" class="rolling" />
            </g>
          )}
        </Plot>
        <p class="reading">{isPast ? t.passes : t.rolls}</p>
      </div>
      <div class="controls">
        <Slider name={t.friction} value={kept} min={0} max={0.98} step={0.01} onChange={keep} />
        <ul class="way-legend plain-ground">
          <li>
            <span class="way-sample rolling" aria-hidden="true" />
            {t.ball} <b class="number">w = {short(at)}</b>
          </li>
          <li>
            <span class="way-sample plain" aria-hidden="true" />
            {t.plain} <b class="number">w = {short(other)}</b>
          </li>
        </ul>
      </div>
      <StepControls stepper={stepper} />
    </>
  );
}

type ArrowProps = {
  readonly x: number;
  readonly y: number;
  readonly by: number;
  readonly name: string;
  readonly look: string;
};

function Arrow({ x, y, by, name, look }: ArrowProps) {
  if (Math.abs(by) < 3) return null;
  const tip = x + by;
  const back = tip - 10 * Math.sign(by);
  return (
    <g style={{ color: `var(--${look})` }} class="arrow">
      <path d={`M${x} ${y}H${tip}M${back} ${y - 7}L${tip} ${y}L${back} ${y + 7}`} />
      {/* Above the shaft: a fast ball's arrow ends where the plot does. */}
      <text x={x + by / 2} y={y - 14} class="middle">
        {name}
      </text>
    </g>
  );
}
