/** Dropout: another thinned network with each mini-batch, their mean, and the one network of testing. */
import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { useColumns } from '../network/inspect.ts';
import { NetDiagram } from '../network/NetDiagram.tsx';
import { Choice } from '../picture/Choice.tsx';
import { KeyButton } from '../picture/KeyButton.tsx';
import { Slider } from '../picture/Slider.tsx';
import { DropoutNumbers, DropoutRuns } from './DropoutRuns.tsx';
import { fittingTexts } from './texts.ts';
import { maskOf, parametersOf, sumWithout, testedSum, thinnable } from './thinned.ts';

const INPUT = [0.9, -0.6, 0.4];
/** Thinned networks that are kept in sight. */
const KEPT = 12;
const MANY = 100;

type Shown = 'networks' | 'runs';

export function Dropout() {
  const t = fittingTexts();
  const [shown, show] = useState<Shown>('networks');
  const choice = (
    <Choice
      name={t.show}
      options={[
        ['networks', t.showsNetworks],
        ['runs', t.showsRuns],
      ]}
      value={shown}
      onChange={show}
    />
  );
  if (shown === 'networks') return <Thinned choice={choice} />;
  return (
    <>
      <DropoutRuns />
      <div class="controls">
        {choice}
        <DropoutNumbers />
      </div>
    </>
  );
}

/** Another thinned network by key. */
function Thinned({ choice }: { readonly choice: ComponentChildren }) {
  const t = fittingTexts();
  const [rate, setRate] = useState(0.5);
  const [count, setCount] = useState(1);
  const model = useMemo(() => thinnable(rate), [rate]);
  const parameters = useMemo(() => parametersOf(model), [model]);
  const columns = useColumns(model, parameters, INPUT);
  const masks = useMemo(() => Array.from({ length: count }, (_, i) => maskOf(model, i)), [model, count]);
  const mask = masks.at(-1) ?? new Uint8Array(0);
  const hidden = columns?.[1] ?? [];
  const weight = model.tensors.filter(({ role }) => role === 'weight').at(-1);
  const weights = parameters.subarray(weight?.offset ?? 0, (weight?.offset ?? 0) + (weight?.length ?? 0));
  const sums = { hidden, weights };
  const mean = masks.reduce((sum, one) => sum + sumWithout(sums, one), 0) / masks.length;
  const tested = testedSum(sums, rate);
  const out = mask.reduce((sum, one) => sum + one, 0);
  const written = (value: number): string => value.toFixed(3).replace('-', '−');
  return (
    <>
      <div class="picture" data-mask={mask.join('')} data-mean={mean} data-tested={tested} data-count={count}>
        {columns === null ? null : (
          <NetDiagram
            model={model}
            parameters={parameters}
            values={columns}
            out={new Map([[1, mask]])}
            label={t.dropoutLabel(out, mask.length)}
          />
        )}
        <ul class="masks" aria-hidden="true">
          {masks.slice(-KEPT).map((one, i) => (
            <li key={count - KEPT + i}>
              {Array.from(one, (isOut, k) => (
                <span key={k} class={isOut === 1 ? 'out' : ''} />
              ))}
            </li>
          ))}
        </ul>
      </div>
      <div class="controls">
        {choice}
        <div class="row">
          <KeyButton letter="n" onPress={() => setCount(count + 1)}>
            {t.next}
          </KeyButton>
          <KeyButton letter="h" onPress={() => setCount(count + MANY)}>
            {t.hundred}
          </KeyButton>
        </div>
        <Slider
          name={t.rate}
          value={rate}
          min={0}
          max={0.9}
          step={0.1}
          onChange={(value) => {
            setRate(value);
            setCount(1);
          }}
        />
        <dl class="numbers number">
          <dt>
            {t.thinned} ({t.seen(count)})
          </dt>
          <dd>{written(sumWithout(sums, mask))}</dd>
          <dt>{t.mean(count)}</dt>
          <dd>
            <strong>{written(mean)}</strong>
          </dd>
          <dt>{t.tested}</dt>
          <dd>
            <strong>{written(tested)}</strong>
          </dd>
        </dl>
        <p class="quiet">{t.shoal}</p>
      </div>
    </>
  );
}
