/** A curve, drawn by hand or chosen, and the sum of shifted neurons that comes near to it. */
import { useMemo, useState } from 'preact/hooks';
import { Choice } from '../picture/Choice.tsx';
import { Plot, type Point } from '../picture/Plot.tsx';
import { Slider } from '../picture/Slider.tsx';
import { type BendKind, bendAt, bendsFor, sumAt } from './bends.ts';
import { neuronTexts } from './texts.ts';

type Target = 'wave' | 'hill' | 'stairs' | 'drawn';

const CURVES: Readonly<Record<Exclude<Target, 'drawn'>, (x: number) => number>> = {
  wave: (x) => 0.5 + 0.35 * Math.sin(2 * Math.PI * x) + 0.1 * Math.sin(6 * Math.PI * x),
  hill: (x) => 0.1 + 0.8 * Math.exp(-((x - 0.55) ** 2) / 0.03),
  stairs: (x) => (x < 0.3 ? 0.2 : x < 0.65 ? 0.75 : 0.45),
};
/** Places at which a drawn curve is kept. */
const KEPT = 64;
const PLACES = Array.from({ length: 257 }, (_, i) => i / 256);
const START = Array.from({ length: KEPT + 1 }, (_, i) => CURVES.wave(i / KEPT));

const between = (values: readonly number[], x: number): number => {
  const place = Math.min(Math.max(x, 0), 1) * KEPT;
  const left = Math.min(Math.floor(place), KEPT - 1);
  const [a = 0, b = 0] = [values[left], values[left + 1]];
  return a + (b - a) * (place - left);
};

export function Approximation() {
  const t = neuronTexts();
  const [target, setTarget] = useState<Target>('wave');
  const [kind, setKind] = useState<BendKind>('relu');
  const [count, setCount] = useState(4);
  const [drawn, draw] = useState<readonly number[]>(START);
  const curve = target === 'drawn' ? (x: number) => between(drawn, x) : CURVES[target];
  const sum = useMemo(() => bendsFor(curve, kind, count), [target, kind, count, drawn]);
  const error = Math.max(...PLACES.map((x) => Math.abs(sumAt(sum, x) - curve(x))));
  const points = (of: (x: number) => number): Point[] => PLACES.map((x) => [x, of(x)]);
  const press = (x: number, y: number): void => {
    const middle = Math.round(Math.min(Math.max(x, 0), 1) * KEPT);
    const before = Array.from({ length: KEPT + 1 }, (_, i) => curve(i / KEPT));
    // A press pulls the curve towards it, and its neighbours along.
    draw(before.map((value, i) => value + (y - value) * Math.exp(-(((i - middle) / 5) ** 2))));
    setTarget('drawn');
  };
  return (
    <>
      <div class="picture" data-error={error} data-count={count}>
        <Plot
          label={t.approximationLabel(count, error.toFixed(3))}
          x={{ from: 0, to: 1, name: 'x' }}
          y={{ from: -0.3, to: 1.2, name: 'g(x)' }}
          onPress={press}
          lines={[
            ...sum.bends.map((bend, i) => ({
              ...{ name: `${i}`, look: 4, faint: true },
              points: points((x) => bendAt(kind, bend, x)),
            })),
            { name: t.target, look: 0, points: points(curve) },
            { name: t.sum, look: 1, points: points((x) => sumAt(sum, x)) },
          ]}
        />
        <p class="reading number">{t.error(error.toFixed(3))}</p>
      </div>
      <div class="controls">
        <Choice
          name={t.targets}
          options={(['wave', 'hill', 'stairs', 'drawn'] as const).map(
            (one) => [one, t.targetNames[one]] as const,
          )}
          value={target}
          onChange={setTarget}
        />
        <Choice
          name={t.kind}
          options={[
            ['relu', t.kinds.relu],
            ['sigmoid', t.kinds.sigmoid],
          ]}
          value={kind}
          onChange={setKind}
        />
        <Slider name={t.count} value={count} min={1} max={40} step={1} onChange={setCount} />
        <p class="quiet">{t.drawHint}</p>
      </div>
    </>
  );
}
