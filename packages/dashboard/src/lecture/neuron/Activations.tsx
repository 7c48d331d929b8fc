/** Activation functions and their derivatives, with a point that is moved along them. */
import { ACTIVATION_NAMES, type ActivationName, activationOf } from '@shoal/core';
import { useState } from 'preact/hooks';
import { Choice } from '../picture/Choice.tsx';
import { Plot, type Point } from '../picture/Plot.tsx';
import { Slider, short } from '../picture/Slider.tsx';
import { neuronTexts } from './texts.ts';

const REACH = 5;
/** Not at 0 itself, where a kink has two sides. */
const PLACES = Array.from({ length: 400 }, (_, i) => -REACH + ((i + 0.5) / 400) * 2 * REACH);

const hasSlope = (name: ActivationName): boolean => name === 'leaky_relu' || name === 'prelu';

export function Activations() {
  const t = neuronTexts();
  const [name, setName] = useState<ActivationName>('sigmoid');
  const [z, setZ] = useState(1);
  const [slopes, setSlopes] = useState({ leaky_relu: 0.01, prelu: 0.25 });
  const alpha = name === 'leaky_relu' || name === 'prelu' ? slopes[name] : 0;
  const f = activationOf(name, alpha);
  const slopeAt = (x: number): number => f.slope(x, f.value(x));
  const curve = PLACES.map((x): Point => [x, f.value(x)]);
  const derivative = PLACES.map((x): Point => [x, slopeAt(x)]);
  const steepest = Math.max(...derivative.map(([, slope]) => slope));
  const [value, slope] = [f.value(z), slopeAt(z)];
  return (
    <>
      <div
        class="picture"
        data-function={name}
        data-value={value}
        data-slope={slope}
        data-steepest={steepest}
      >
        <Plot
          label={t.curveLabel(t.functions[name], short(z), short(value), short(slope))}
          x={{ from: -REACH, to: REACH, name: 'z' }}
          y={{
            from: name === 'tanh' ? -1.2 : -0.6,
            to: name === 'sigmoid' || name === 'tanh' || name === 'step' ? 1.2 : 2.5,
            name: 'f',
          }}
          lines={[
            { name: t.curve, points: curve, look: 0 },
            { name: t.derivative, points: derivative, look: 1 },
          ]}
        >
          {(at) => (
            <g class="marker">
              <path d={`M${at.x(z)} ${at.y(0)}V${at.y(value)}`} />
              <circle cx={at.x(z)} cy={at.y(value)} r="10" style={{ color: 'var(--series-1)' }} />
              <circle cx={at.x(z)} cy={at.y(slope)} r="10" style={{ color: 'var(--series-2)' }} />
            </g>
          )}
        </Plot>
        <p class="reading number">
          z = {short(z)} · f = {value.toFixed(3)} · f′ = {slope.toFixed(3)} ·{' '}
          {t.steepest(steepest.toFixed(2))}
        </p>
      </div>
      <div class="controls">
        <Choice
          name={t.function}
          options={ACTIVATION_NAMES.map((one) => [one, t.functions[one]] as const)}
          value={name}
          onChange={setName}
        />
        <Slider name="z" value={z} min={-REACH} max={REACH} step={0.1} onChange={setZ} />
        {hasSlope(name) ? (
          <Slider
            name={t.slope}
            value={alpha}
            min={0}
            max={1}
            step={0.01}
            onChange={(chosen) => setSlopes({ ...slopes, [name]: chosen })}
          />
        ) : null}
      </div>
    </>
  );
}
