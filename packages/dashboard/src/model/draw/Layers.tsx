/** The activations of every layer, in the order in which they light up. */
import { readsData } from '../../index/store.ts';
import { textsIn } from '../../shared/language.ts';
import type { LayerReading } from '../lab/readSample.ts';
import { Tiles } from '../paint/Tiles.tsx';
import { layOutTiles, type TileLayout } from '../paint/tiles.ts';
import { texts } from '../texts.ts';
import { hasDropout, placeInStep, reading, showsTraining, showTraining, training, wave } from './subject.ts';

export function Layers() {
  const text = textsIn(texts);
  const read = reading.value;
  return (
    <div class="layers-part">
      <div class="row between">
        <h4>{text.layersTitle}</h4>
        {hasDropout.value && readsData.value && <DropoutChoice />}
      </div>
      {read === null ? (
        <p class="quiet">{text.noLayers}</p>
      ) : (
        // The name of the animation changes with each wave, which is what starts it again.
        <ol class={`activations ${wave.value % 2 === 0 ? 'wave-a' : 'wave-b'}`}>
          {read.layers.map((layer) => (
            <li key={layer.name}>
              <LayerFigure layer={layer} />
            </li>
          ))}
        </ol>
      )}
      <p class="quiet small">{text.signLegend}</p>
    </div>
  );
}

function LayerFigure({ layer }: { readonly layer: LayerReading }) {
  const text = textsIn(texts);
  const { name, type, shape, values, dropped } = layer;
  const out = dropped?.reduce((sum, one) => sum + one, 0) ?? 0;
  const lit = values.reduce((sum, value) => sum + (value > 0 ? 1 : 0), 0);
  const count = dropped === null ? text.lit(lit, values.length) : text.out(out, values.length);
  return (
    <figure data-layer={name} data-lit={lit} data-out={out}>
      <figcaption>
        <strong>{text.layerName(type)}</strong> <span class="quiet number">{shape.join(' × ')}</span>
      </figcaption>
      <Tiles
        label={`${text.layerName(type)} ${name}: ${count}`}
        layout={layoutOf(shape)}
        values={values}
        dropped={dropped}
      />
      <span class="quiet small number">{count}</span>
    </figure>
  );
}

/** A channel is a picture, a neuron of a dense layer a cell. */
function layoutOf(shape: readonly number[]): TileLayout {
  const [channels, height = 1, width = 1] = shape;
  return layOutTiles(channels, width, height, shape.length === 3 ? 40 : 12);
}

function DropoutChoice() {
  const text = textsIn(texts);
  const address = training.value;
  return (
    <div class="row">
      <label class="row">
        <input
          type="checkbox"
          checked={showsTraining.value}
          onChange={(event) => void showTraining(event.currentTarget.checked)}
        />
        {text.asInTraining}
      </label>
      {address !== null && (
        <>
          <span class="quiet small number">{text.maskOf(address.sample, address.epoch + 1)}</span>
          <button type="button" onClick={() => (placeInStep.value += 1)}>
            {text.nextMask}
          </button>
        </>
      )}
    </div>
  );
}
