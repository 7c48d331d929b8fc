/** Down a landscape with local minima and saddles from where somebody presses: plainly, or by five rules at once. */

import { useMemo, useState } from 'preact/hooks';
import { RULES, type RuleName } from '../../index/race/rules.ts';
import { Choice } from '../picture/Choice.tsx';
import { Slider } from '../picture/Slider.tsx';
import { StepControls } from '../picture/StepControls.tsx';
import { useStepper } from '../picture/stepper.ts';
import { LandscapeMap, WayLegend } from './LandscapeMap.tsx';
import { HILLS, type Rule, ruleOf, type Spot, VALLEY, type Way, wayDown } from './landscape.ts';
import { StartSliders } from './StartSliders.tsx';
import { descentTexts } from './texts.ts';

const STEPS = 120;

export function Descent() {
  const t = descentTexts();
  const [which, setWhich] = useState<'one' | 'all'>('one');
  const [rate, setRate] = useState(0.1);
  const [start, setStart] = useState<Spot>([0.35, 2.4]);
  const ways = useMemo(() => {
    const rules: Readonly<Record<RuleName, Rule>> = {
      sgd: ruleOf({ type: 'sgd', lr: rate }),
      momentum: ruleOf({ type: 'momentum', lr: rate, momentum: 0.9 }),
      adagrad: ruleOf({ type: 'adagrad', lr: 3 * rate }),
      rmsprop: ruleOf({ type: 'rmsprop', lr: 0.5 * rate }),
      adam: ruleOf({ type: 'adam', lr: rate }),
    };
    return (which === 'one' ? (['sgd'] as const) : RULES).map(
      (name): Way => ({
        name: t.rules[name],
        look: RULES.indexOf(name),
        spots: wayDown(HILLS, rules[name], start, STEPS),
      }),
    );
  }, [which, rate, start, t]);
  const stepper = useStepper(STEPS, 12, `${which} ${rate} ${start.join()}`);
  const lossOf = ({ spots }: Way): number => HILLS.height(...(spots[stepper.at] ?? start));
  const ends = ways.map((way) => t.ended(way.name, lossOf(way).toFixed(2))).join(' ');
  return (
    <>
      <div
        class="picture"
        data-ends={ways
          .map(({ spots }) =>
            spots
              .at(-1)
              ?.map((one) => one.toFixed(3))
              .join(','),
          )
          .join(' ')}
        data-losses={ways.map(({ spots }) => HILLS.height(...(spots.at(-1) ?? start)).toFixed(4)).join(' ')}
      >
        <LandscapeMap
          landscape={HILLS}
          ways={ways}
          at={stepper.at}
          label={t.mapLabel(ends)}
          onStart={setStart}
        />
      </div>
      <div class="controls">
        <Choice
          name={t.which}
          options={[
            ['one', t.whichOf.one],
            ['all', t.whichOf.all],
          ]}
          value={which}
          onChange={setWhich}
        />
        <Slider name={t.rate} value={rate} min={0.01} max={1} step={0.01} onChange={setRate} />
        <StartSliders start={start} extent={3} onStart={setStart} />
        <WayLegend ways={ways} says={(way) => t.loss(lossOf(way).toFixed(2))} />
      </div>
      <StepControls stepper={stepper} />
    </>
  );
}

export function Adaptive() {
  const t = descentTexts();
  const [start, setStart] = useState<Spot>([-3.4, 2.6]);
  const ways = useMemo(() => {
    const rules: Readonly<Record<RuleName, Rule>> = {
      sgd: ruleOf({ type: 'sgd', lr: 0.3 }),
      momentum: ruleOf({ type: 'momentum', lr: 0.05, momentum: 0.9 }),
      adagrad: ruleOf({ type: 'adagrad', lr: 0.9 }),
      rmsprop: ruleOf({ type: 'rmsprop', lr: 0.12 }),
      adam: ruleOf({ type: 'adam', lr: 0.25 }),
    };
    return (['sgd', 'adagrad', 'rmsprop', 'adam'] as const).map(
      (name): Way => ({
        name: t.rules[name],
        look: RULES.indexOf(name),
        spots: wayDown(VALLEY, rules[name], start, STEPS),
      }),
    );
  }, [start, t]);
  const stepper = useStepper(STEPS, 12, start.join());
  const lossOf = ({ spots }: Way, at: number): number => VALLEY.height(...(spots[at] ?? start));
  const ends = ways.map((way) => t.ended(way.name, lossOf(way, stepper.at).toFixed(3))).join(' ');
  return (
    <>
      <div
        class="picture"
        data-losses={ways.map((way) => lossOf(way, 40).toFixed(5)).join(' ')}
        data-first-steps={ways.map(({ spots }) => firstStep(spots).join(' ')).join(' ')}
      >
        <LandscapeMap
          landscape={VALLEY}
          ways={ways}
          at={stepper.at}
          label={t.mapLabel(ends)}
          onStart={setStart}
        />
      </div>
      <div class="controls">
        <StartSliders start={start} extent={4} onStart={setStart} />
        <WayLegend ways={ways} says={(way) => t.loss(lossOf(way, stepper.at).toFixed(3))} />
        <p class="quiet">{t.pressMap}</p>
      </div>
      <StepControls stepper={stepper} />
    </>
  );
}

/** How far the first step goes along each of the two weights. */
function firstStep([from, to]: readonly Spot[]): readonly number[] {
  return from === undefined || to === undefined ? [] : from.map((one, i) => Math.abs((to[i] ?? 0) - one));
}
