/** What a neuron, or a small network, says everywhere in the plane around a truth table, moving as it learns. */

import { computed, effect } from '@preact/signals';
import { lengthOf, tableDataSet, valuesOf } from '@shoal/core';
import { useEffect } from 'preact/hooks';
import { textsIn } from '../../shared/language.ts';
import { held, model, modelClient, ofRun, runId } from '../follow.ts';
import { type BoundaryGrid, rightOf, valueAt } from '../lab/boundaryGrid.ts';
import { type LabProblem, problemOf } from '../lab/labProblem.ts';
import { Cancelled } from '../lab/pace.ts';
import { Latest } from '../latest.ts';
import { paintBoundary } from '../paint/boundary.ts';
import { FluidCanvas } from '../paint/FluidCanvas.tsx';
import { problemText } from '../problemText.ts';
import { shown } from '../shown.ts';
import { texts } from '../texts.ts';

const SIDE = 81;
/** Height of the band that stands for a plane where there is one input. */
const BAND_PIXELS = 120;

const grid = ofRun<BoundaryGrid | null>(null);
const problem = ofRun<LabProblem | null>(null);

/** The truth table of this run, or null where it is trained on something else. */
export const table = computed(() => {
  const spec = runId.value === null ? undefined : shown.peek()?.spec;
  return spec?.data.source === 'table' ? tableDataSet(spec.data.table).train : null;
});

const evaluations = new Latest(async () => {
  const id = runId.peek();
  try {
    grid.keep(id, await modelClient().ask('boundary', { side: SIDE }));
    problem.keep(id, null);
  } catch (error) {
    if (!(error instanceof Cancelled)) problem.keep(id, problemOf(error));
  }
});

export function BoundaryCard() {
  const text = textsIn(texts);
  useEffect(
    () =>
      effect(() => {
        if (held.value !== null) evaluations.request();
      }),
    [],
  );
  const compiled = model.value;
  const samples = table.value;
  const drawn = grid.value;
  const parameters = held.value;
  if (compiled === null || samples === null) return null;
  const isBand = compiled.inputLength === 1;
  const hasHidden = compiled.layers[0]?.type === 'dense' && compiled.layers[0].units > 1;
  const right = drawn === null ? null : rightOf(drawn, samples);
  return (
    <section class="card" aria-labelledby="model-boundary">
      <h3 id="model-boundary">{text.boundaryTitle}</h3>
      <p class="quiet">{isBand ? text.bandAbout : text.boundaryAbout}</p>
      {problem.value !== null && (
        <p class="fault" role="alert">
          {problemText(problem.value)}
        </p>
      )}
      <div class="boundary">
        <figure>
          <FluidCanvas
            name="plane"
            label={right === null ? text.waiting : text.boundaryLabel(right, samples.count)}
            heightOf={(width) => (isBand ? BAND_PIXELS : width)}
            paint={(context, theme, width, height) =>
              paintBoundary(context, theme, {
                grid: drawn,
                samples,
                model: compiled,
                parameters: parameters?.values ?? null,
                width,
                height,
              })
            }
          />
        </figure>
        <div>
          {right !== null && (
            <p class="headline">
              <strong class="number" data-right={right}>
                {text.rowsRight(right, samples.count)}
              </strong>
            </p>
          )}
          <table class="rows number">
            <thead>
              <tr>
                {Array.from({ length: lengthOf(samples.inputs.shape) }, (_, i) => (
                  <th key={i} scope="col">
                    x{'₁₂'[i]}
                  </th>
                ))}
                <th scope="col">{text.wanted}</th>
                <th scope="col">{text.said}</th>
              </tr>
            </thead>
            <tbody>
              {Array.from(samples.targets.values, (label, i) => {
                const value = drawn === null ? null : valueAt(drawn, samples.inputs.values, i);
                const isRight = value !== null && (value >= 0.5 ? 1 : 0) === label;
                return (
                  <tr key={i}>
                    {Array.from(valuesOf(samples.inputs, i), (input, k) => (
                      <td key={k}>{input}</td>
                    ))}
                    <td>{label}</td>
                    <td class={value === null ? '' : isRight ? 'right' : 'wrong'}>
                      {value === null ? '' : `${value.toFixed(2)} ${isRight ? '✓' : '✗'}`}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
          <p class="quiet small">
            {text.boundaryLegend}
            {hasHidden && ` ${text.hiddenLegend}`}
          </p>
        </div>
      </div>
    </section>
  );
}
