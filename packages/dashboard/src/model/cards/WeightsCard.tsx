/** What the first layer looks for: its weights as pictures, changing as they are learned. */
import { computed, signal } from '@preact/signals';
import { initialParameters } from '@shoal/core';
import { textsIn } from '../../shared/language.ts';
import { held, model } from '../follow.ts';
import { firstPictures } from '../paint/firstPictures.ts';
import { Tiles } from '../paint/Tiles.tsx';
import { layOutTiles, type TileLayout } from '../paint/tiles.ts';
import { shown } from '../shown.ts';
import { texts } from '../texts.ts';

/** Pictures at once; more are there page by page. */
const SHOWN_MAX = 64;
const page = signal(0);
/** Initial weights are a function of model and seed, so what training has made of them can be shown without having seen it. */
/** Null until somebody chooses. Many small random weights hide what a neuron has learned; a filter's few do not. */
const chosen = signal<'weights' | 'change' | null>(null);
const initial = computed(() => {
  const compiled = model.value;
  const spec = shown.peek()?.spec;
  return compiled === null || spec === undefined ? null : initialParameters(compiled, spec.seed);
});

export function WeightsCard() {
  const text = textsIn(texts);
  const compiled = model.value;
  const pictures = compiled === null ? null : firstPictures(compiled);
  const values = held.value?.values ?? null;
  if (pictures === null) return null;
  const { tensor, count, height, width, kind } = pictures;
  const pages = Math.ceil(count / SHOWN_MAX);
  const from = Math.min(page.value, pages - 1) * SHOWN_MAX;
  const shown = Math.min(SHOWN_MAX, count - from);
  const layout: TileLayout = layOutTiles(shown, width, height, kind === 'filters' ? 48 : 56);
  const area = width * height;
  const first = tensor.offset + from * area;
  const view = chosen.value ?? (kind === 'neurons' ? 'change' : 'weights');
  const before = view === 'change' ? initial.value : null;
  const own = values?.subarray(first, first + shown * area) ?? null;
  const shownValues = before === null ? own : (own?.map((value, i) => value - before[first + i]) ?? null);
  return (
    <section class="card" aria-labelledby="model-weights">
      <h3 id="model-weights">{text.weightsTitle}</h3>
      <p class="quiet">{kind === 'filters' ? text.filtersAbout : text.neuronsAbout}</p>
      <div class="row">
        <label class="row">
          <input
            type="radio"
            name="weights-view"
            checked={view === 'weights'}
            onChange={() => (chosen.value = 'weights')}
          />
          {text.asWeights}
        </label>
        <label class="row">
          <input
            type="radio"
            name="weights-view"
            checked={view === 'change'}
            onChange={() => (chosen.value = 'change')}
          />
          {text.asChange}
        </label>
      </div>
      {shownValues === null ? (
        <p class="quiet">{text.waiting}</p>
      ) : (
        <div class={kind === 'filters' ? 'weights' : ''}>
          <Tiles label={text.weightsLabel(shown, height, width)} layout={layout} values={shownValues} each />
        </div>
      )}
      {pages > 1 && (
        <div class="row">
          <button type="button" disabled={from === 0} onClick={() => (page.value -= 1)}>
            {text.previous}
          </button>
          <span class="quiet small number">{text.shownOf(from + 1, from + shown, count)}</span>
          <button type="button" disabled={from + shown >= count} onClick={() => (page.value += 1)}>
            {text.next}
          </button>
        </div>
      )}
      <p class="quiet small">{text.signLegend}</p>
    </section>
  );
}
