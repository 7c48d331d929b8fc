/** One weight of a small network: ∂l/∂w by backpropagation beside Δl/Δw by trying it out. */
import { compileModel, type Executor, initialParameters, referenceEngine, tableDataSet } from '@shoal/core';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { relativeDifference } from '../../model/lab/relative.ts';
import { useColumns } from '../network/inspect.ts';
import { NetDiagram } from '../network/NetDiagram.tsx';
import { networkTexts } from '../network/texts.ts';
import { KeyButton } from '../picture/KeyButton.tsx';
import { Plot, type Point } from '../picture/Plot.tsx';
import { Slider } from '../picture/Slider.tsx';
import { axisAround } from '../picture/scale.ts';
import { descentTexts } from './texts.ts';

const model = compileModel({
  input: [2],
  layers: [{ type: 'dense', units: 3 }, { type: 'tanh' }, { type: 'dense', units: 1 }],
  loss: 'cross_entropy',
});
const samples = tableDataSet('xor').train;
const parameters = initialParameters(model, 7);
/** How far along the weight the loss is drawn. */
const REACH = 1.5;
const POINTS = 61;
const FIRST = 2;

export function Backpropagation() {
  const t = descentTexts();
  const n = networkTexts();
  const [executor, setExecutor] = useState<Executor | null>(null);
  const [index, setIndex] = useState(FIRST);
  const [power, setPower] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    void referenceEngine.compile(model, { microbatch: 4, inputGradient: false }).then((made) => {
      made.inputs.set(samples.inputs.values);
      made.targets.set(samples.targets.values);
      if (isCurrent) setExecutor(made);
    });
    return () => {
      isCurrent = false;
    };
  }, []);
  const columns = useColumns(model, parameters, [1, 0]);
  const w = parameters[index] ?? 0;
  const delta = 10 ** power;
  const found = useMemo(
    () => (executor === null ? null : slopes(executor, index, delta)),
    [executor, index, delta],
  );
  const tensor = model.tensors.find(({ offset, length }) => index >= offset && index < offset + length);
  const name = `${tensor?.name ?? ''}[${index - (tensor?.offset ?? 0)}]`;
  const relative = found === null ? 0 : relativeDifference(found.backpropagation, found.quotient);
  return (
    <>
      <div class="picture beside" data-relative={relative} data-delta={delta} data-weight={name}>
        {found === null ? null : (
          <Plot
            label={t.slopeCurveLabel}
            x={{ from: w - REACH, to: w + REACH, name: 'w' }}
            y={{ ...axisAround(found.curve.map(([, loss]) => loss)), name: 'l' }}
            lines={[
              { name: t.alongWeight, look: 0, points: found.curve },
              { name: t.tangent, look: 1, points: straight(w, found.before, found.backpropagation) },
              { name: t.secant, look: 2, points: straight(w, found.before, found.quotient) },
            ]}
          >
            {(place) => (
              <g class="marker">
                <circle cx={place.x(w)} cy={place.y(found.before)} r="9" style={{ color: 'var(--text)' }} />
                <circle
                  cx={place.x(w + delta)}
                  cy={place.y(found.after)}
                  r="9"
                  style={{ color: 'var(--series-3)' }}
                />
              </g>
            )}
          </Plot>
        )}
        {columns === null ? null : (
          <NetDiagram
            model={model}
            parameters={parameters}
            values={columns}
            label={n.diagramLabel(
              columns.map((column) => Array.from(column, (one) => one.toFixed(1)).join(' ')).join('; '),
            )}
          />
        )}
      </div>
      <div class="controls">
        <KeyButton letter="n" onPress={() => setIndex((index + 1) % model.trainableLength)}>
          {t.anotherWeight}
        </KeyButton>
        <Slider
          name={t.delta}
          value={power}
          min={-3}
          max={0}
          step={0.5}
          onChange={setPower}
          format={(value) => (10 ** value).toPrecision(2)}
        />
        {found === null ? null : (
          <dl class="numbers number">
            <dt>
              {t.weightChoice} {name}
            </dt>
            <dd>{w.toFixed(4).replace('-', '−')}</dd>
            <dt>{t.lossBefore}</dt>
            <dd>{found.before.toFixed(6)}</dd>
            <dt>{t.lossAfter}</dt>
            <dd>{found.after.toFixed(6)}</dd>
            <dt>{t.byDifference}</dt>
            <dd>{found.quotient.toFixed(5).replace('-', '−')}</dd>
            <dt>{t.byBackpropagation}</dt>
            <dd>
              <strong>{found.backpropagation.toFixed(5).replace('-', '−')}</strong>
            </dd>
          </dl>
        )}
        <p class={relative < 0.01 ? 'reading right' : 'reading'}>
          {t.agree(`${(100 * relative).toPrecision(2)} %`)}
        </p>
      </div>
    </>
  );
}

type Found = {
  readonly before: number;
  readonly after: number;
  readonly quotient: number;
  readonly backpropagation: number;
  readonly curve: readonly Point[];
};

/** Means over the four samples. */
function slopes(executor: Executor, index: number, delta: number): Found {
  const lossAt = (weight: number): number => {
    executor.parameters.set(parameters);
    executor.parameters[index] = weight;
    executor.parametersChanged();
    return executor.evaluate(samples.count).loss / samples.count;
  };
  const w = parameters[index] ?? 0;
  const curve = Array.from({ length: POINTS }, (_, i): Point => {
    const weight = w + REACH * ((2 * i) / (POINTS - 1) - 1);
    return [weight, lossAt(weight)];
  });
  const after = lossAt(w + delta);
  const before = lossAt(w);
  executor.computeGradient(samples.count, { seed: 0, epoch: 0 });
  const backpropagation = (executor.gradient[index] ?? 0) / samples.count;
  return { before, after, quotient: (after - before) / (Math.fround(w + delta) - w), backpropagation, curve };
}

const straight = (w: number, loss: number, slope: number): Point[] =>
  [-REACH, REACH].map((by): Point => [w + by, loss + slope * by]);
