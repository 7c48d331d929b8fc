/** A network as a set of functions: the same structure with other weights is another function. */
import {
  compileModel,
  initialParameters,
  type Model,
  Purpose,
  RandomStream,
  type Samples,
  tableDataSet,
} from '@shoal/core';
import { useMemo, useState } from 'preact/hooks';
import { KeyButton } from '../picture/KeyButton.tsx';
import { Plane } from '../picture/Plane.tsx';
import { Slider } from '../picture/Slider.tsx';
import { useGrid } from '../picture/useGrid.ts';
import { useColumns } from './inspect.ts';
import { NetDiagram } from './NetDiagram.tsx';
import { networkTexts } from './texts.ts';

const modelWith = (units: number): Model =>
  compileModel({
    input: [2],
    layers: [
      { type: 'dense', units, initializer: { type: 'uniform', limit: 1 } },
      { type: 'tanh' },
      { type: 'dense', units: 1, initializer: { type: 'uniform', limit: 1 } },
    ],
    loss: 'cross_entropy',
  });

/** The plane is shown without points: there is nothing to be learned here. */
const NONE: Samples = (() => {
  const { inputs, targets } = tableDataSet('xor').train;
  return {
    count: 0,
    inputs: { ...inputs, values: inputs.values.slice(0, 0) },
    targets: { ...targets, values: targets.values.slice(0, 0) },
  };
})();

/** Drawn as a network's are, but for the lines of the hidden neurons: each passes somewhere between the four corners. */
function drawnBy(model: Model, seed: number, spread: number): Float32Array {
  const parameters = initialParameters(model, seed).map((weight) => spread * weight);
  const [weight, bias] = model.tensors;
  if (weight === undefined || bias === undefined) return parameters;
  const places = new RandomStream([seed, Purpose.initialize, bias.offset, 1], 0);
  for (let unit = 0; unit < bias.length; unit += 1) {
    const [w1 = 0, w2 = 0] = parameters.subarray(weight.offset + 2 * unit, weight.offset + 2 * unit + 2);
    parameters[bias.offset + unit] = -(w1 * places.uniform(2 * unit) + w2 * places.uniform(2 * unit + 1));
  }
  return parameters;
}

export function Functions() {
  const t = networkTexts();
  const [seed, setSeed] = useState(1);
  const [units, setUnits] = useState(4);
  const [spread, setSpread] = useState(6);
  const model = useMemo(() => modelWith(units), [units]);
  const parameters = useMemo(() => drawnBy(model, seed, spread), [model, seed, spread]);
  const columns = useColumns(model, parameters, [1, 0]);
  const grid = useGrid(model, parameters);
  return (
    <>
      <div class="picture beside" data-function={seed} data-parameters={parameters.slice(0, 4).join(' ')}>
        <Plane model={model} parameters={parameters} grid={grid} samples={NONE} label={t.functionLabel} />
        {columns === null ? null : (
          <NetDiagram model={model} parameters={parameters} values={columns} label={t.functionLabel} />
        )}
      </div>
      <div class="controls">
        <KeyButton letter="n" onPress={() => setSeed(seed + 1)}>
          {t.another}
        </KeyButton>
        <p class="reading">{t.functionNumber(seed)}</p>
        <Slider name={t.hidden} value={units} min={1} max={8} step={1} onChange={setUnits} />
        <Slider name={t.spread} value={spread} min={1} max={12} step={1} onChange={setSpread} />
      </div>
    </>
  );
}
