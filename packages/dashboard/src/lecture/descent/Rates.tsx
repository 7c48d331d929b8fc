/** Four learning rates in the same valley: too small, right, too large, and one that falls. */
import { useMemo, useState } from 'preact/hooks';
import { Plot, type Point } from '../picture/Plot.tsx';
import { StepControls } from '../picture/StepControls.tsx';
import { useStepper } from '../picture/stepper.ts';
import { LandscapeMap, WayLegend } from './LandscapeMap.tsx';
import { type Rule, ruleOf, type Spot, VALLEY, type Way, wayDown } from './landscape.ts';
import { StartSliders } from './StartSliders.tsx';
import { descentTexts } from './texts.ts';

const STEPS = 60;
const NAMES = ['small', 'right', 'large', 'falling'] as const;
const RATES: Readonly<Record<(typeof NAMES)[number], Rule>> = {
  small: ruleOf({ type: 'sgd', lr: 0.01 }),
  right: ruleOf({ type: 'sgd', lr: 0.5 }),
  large: ruleOf({ type: 'sgd', lr: 0.86 }),
  falling: ruleOf({ type: 'sgd', lr: 0.86 }, { type: 'inverse_sqrt', unit: 'step' }),
};
/** What is drawn of a loss that grows without end. */
const LOSS = { from: 1e-6, to: 1e4, log: true };

export function Rates() {
  const t = descentTexts();
  const [start, setStart] = useState<Spot>([-3.2, 1.2]);
  const ways = useMemo(
    () =>
      NAMES.map(
        (name, look): Way => ({
          name: t.rateNames[name],
          look,
          spots: wayDown(VALLEY, RATES[name], start, STEPS),
        }),
      ),
    [start, t],
  );
  const stepper = useStepper(STEPS, 6, start.join());
  const lossAt = ({ spots }: Way, at: number): number => VALLEY.height(...(spots[at] ?? start));
  const told = (loss: number): string => (loss > 100 ? loss.toExponential(0) : loss.toFixed(3));
  const values = ways.map((way) => t.ended(way.name, told(lossAt(way, stepper.at)))).join(' ');
  return (
    <>
      <div
        class="picture beside"
        data-losses={ways.map((way) => lossAt(way, STEPS)).join(' ')}
        data-start={VALLEY.height(...start)}
      >
        <LandscapeMap
          landscape={VALLEY}
          ways={ways}
          at={stepper.at}
          label={t.mapLabel(values)}
          onStart={setStart}
        />
        <Plot
          label={t.lossLabel(values)}
          x={{ from: 0, to: STEPS, name: t.steps }}
          y={{ ...LOSS, name: t.lossAxis }}
          lines={ways.map((way) => ({
            ...{ name: way.name, look: way.look },
            points: way.spots
              .slice(0, stepper.at + 1)
              .map((_, i): Point => [i, Math.max(lossAt(way, i), LOSS.from)]),
          }))}
        />
      </div>
      <div class="controls">
        <StartSliders start={start} extent={4} onStart={setStart} />
        <WayLegend ways={ways} says={(way) => t.loss(told(lossAt(way, stepper.at)))} />
      </div>
      <StepControls stepper={stepper} />
    </>
  );
}
