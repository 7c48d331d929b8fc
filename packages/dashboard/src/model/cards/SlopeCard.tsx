/** Checks a gradient before everybody's eyes: ∂l/∂w by backpropagation beside Δl/Δw by trying it out. */
import { computed, signal } from '@preact/signals';
import { readsData } from '../../index/store.ts';
import { textsIn } from '../../shared/language.ts';
import { held, loadSet, model, modelClient, ofRun, onOtherRun, runId } from '../follow.ts';
import type { SlopeCheck, WeightChoice } from '../lab/gradient.ts';
import { relativeDifference } from '../lab/relative.ts';
import { paintCurve } from '../paint/curve.ts';
import { FluidCanvas } from '../paint/FluidCanvas.tsx';
import { LongTask } from '../task.ts';
import { texts } from '../texts.ts';
import { SamplesKept } from './SamplesKept.tsx';
import { TaskLine } from './TaskLine.tsx';

const SAMPLE_COUNTS = [1, 4, 16, 64] as const;

const tensorName = ofRun('');
const element = ofRun(0);
const samples = signal(16);
const checked = ofRun<SlopeCheck | null>(null);
const task = new LongTask();

onOtherRun(() => task.cancel());

const tensors = computed(
  () => model.value?.tensors.filter(({ offset }) => offset < (model.value?.trainableLength ?? 0)) ?? [],
);
const tensor = computed(
  () => tensors.value.find(({ name }) => name === tensorName.value) ?? tensors.value[0] ?? null,
);

function check(choice: WeightChoice): void {
  const ask = { choice, samples: samples.peek() };
  const id = runId.peek();
  void task
    .run(async (control) => {
      await loadSet('slice');
      return modelClient().ask('slope', ask, control);
    })
    .then((result) => {
      if (result === null) return;
      checked.keep(id, result);
      tensorName.keep(id, result.check.tensor);
      element.keep(id, result.check.element);
    });
}

function checkChosen(): void {
  const chosen = tensor.peek();
  if (chosen === null) return;
  const place = Math.min(Math.max(element.peek(), 0), chosen.length - 1);
  check({ type: 'place', index: chosen.offset + place });
}

export function SlopeCard() {
  const text = textsIn(texts);
  return (
    <section class="card" aria-labelledby="model-slope">
      <h3 id="model-slope">{text.slopeTitle}</h3>
      <p class="quiet">{text.slopeAbout}</p>
      {readsData.value ? <Checking /> : <SamplesKept />}
    </section>
  );
}

function Checking() {
  const text = textsIn(texts);
  const chosen = tensor.value;
  const isReady = held.value !== null && chosen !== null;
  return (
    <>
      <div class="row">
        <button type="button" disabled={!isReady} onClick={() => check({ type: 'any', draw: Math.random() })}>
          {text.anyWeight}
        </button>
        <label class="row">
          {text.tensor}
          <select
            value={chosen?.name ?? ''}
            disabled={!isReady}
            onChange={(event) => {
              tensorName.keep(runId.peek(), event.currentTarget.value);
              element.keep(runId.peek(), 0);
              checkChosen();
            }}
          >
            {tensors.value.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label class="row">
          {text.element}
          <input
            type="number"
            class="number"
            min={0}
            max={(chosen?.length ?? 1) - 1}
            value={element.value}
            disabled={!isReady}
            onChange={(event) => {
              element.keep(runId.peek(), Math.round(Number(event.currentTarget.value)));
              checkChosen();
            }}
          />
        </label>
        <label class="row">
          {text.sampleCount}
          <select
            value={samples.value}
            disabled={!isReady}
            onChange={(event) => {
              samples.value = Number(event.currentTarget.value);
              checkChosen();
            }}
          >
            {SAMPLE_COUNTS.map((count) => (
              <option key={count} value={count}>
                {count}
              </option>
            ))}
          </select>
        </label>
      </div>
      <TaskLine task={task} label={text.slopeTitle} />
      {checked.value === null ? <p class="quiet">{text.notChecked}</p> : <Checked result={checked.value} />}
    </>
  );
}

function Checked({ result }: { readonly result: SlopeCheck }) {
  const text = textsIn(texts);
  const { check, kernels } = result;
  const difference = check.backpropagation - check.differenceQuotient;
  const relative = relativeDifference(check.backpropagation, check.differenceQuotient);
  const agrees = relative < 1e-3 || Math.abs(difference) < 1e-8;
  return (
    <div class="checked">
      <dl class="number" data-relative={relative} data-agrees={agrees}>
        <div>
          <dt>{text.weight}</dt>
          <dd>{slopeText(check.value)}</dd>
        </div>
        <div>
          <dt>∂l/∂w · {text.byBackpropagation}</dt>
          <dd>{slopeText(check.backpropagation)}</dd>
        </div>
        <div>
          <dt>Δl/Δw · {text.byDifference}</dt>
          <dd>{slopeText(check.differenceQuotient)}</dd>
        </div>
        <div>
          <dt>{text.difference}</dt>
          <dd>{difference.toExponential(1)}</dd>
        </div>
        <div>
          <dt>{text.byKernels}</dt>
          <dd>{slopeText(kernels)}</dd>
        </div>
      </dl>
      <p class={agrees ? 'right' : 'wrong'} role="status">
        {agrees ? text.slopesAgree(relative) : text.slopesDiffer}
      </p>
      <figure>
        <FluidCanvas
          name="curve"
          label={text.curveLabel}
          heightOf={(width) => width / 2}
          paint={(context, theme, width, height) => paintCurve(context, theme, result, width, height)}
        />
        <figcaption class="quiet small">{text.curveLegend(result.samples)}</figcaption>
      </figure>
    </div>
  );
}

/** Eight digits, which is about where both must agree. */
function slopeText(value: number): string {
  return value === 0 ? '0' : Math.abs(value) < 1e-4 ? value.toExponential(5) : value.toPrecision(8);
}
