/** A slice through the loss surface around where the run stands, computed on the viewer's own machine. */
import { signal } from '@preact/signals';
import { readsData } from '../../index/store.ts';
import { textsIn } from '../../shared/language.ts';
import { held, loadSet, modelClient, ofRun, onOtherRun, runId } from '../follow.ts';
import type { Surface } from '../lab/surface.ts';
import { FluidCanvas } from '../paint/FluidCanvas.tsx';
import { paintRelief } from '../paint/relief.ts';
import { paintSurfaceMap, paintSurfaceScale, scaleOf } from '../paint/surfaceMap.ts';
import { LongTask } from '../task.ts';
import { texts } from '../texts.ts';
import { SamplesKept } from './SamplesKept.tsx';
import { TaskLine } from './TaskLine.tsx';

const SIDE = 33;
const REACH = 1;

type Drawn = { readonly step: number; readonly surface: Surface };

const drawn = ofRun<Drawn | null>(null);
const directions = signal(1);
const view = signal<'relief' | 'map'>('relief');
/** How far the relief is turned, in degrees. */
const turn = signal(35);
const task = new LongTask();

onOtherRun(() => task.cancel());

function draw(): void {
  const ask = { side: SIDE, reach: REACH, seed: directions.peek() };
  const id = runId.peek();
  void task.run(async (control) => {
    await loadSet('slice');
    const step = held.peek()?.step ?? 0;
    const show = (surface: Surface): void => drawn.keep(id, { step, surface });
    show(await modelClient().ask('surface', ask, { ...control, partly: show }));
  });
}

export function SurfaceCard() {
  const text = textsIn(texts);
  return (
    <section class="card" aria-labelledby="model-surface">
      <h3 id="model-surface">{text.surfaceTitle}</h3>
      <p class="quiet">{text.surfaceAbout}</p>
      {readsData.value ? <Drawing /> : <SamplesKept />}
    </section>
  );
}

function Drawing() {
  const text = textsIn(texts);
  const shown = drawn.value;
  return (
    <>
      <div class="row">
        <button type="button" disabled={held.value === null} onClick={draw}>
          {text.drawSurface}
        </button>
        <button
          type="button"
          disabled={held.value === null}
          onClick={() => {
            directions.value += 1;
            draw();
          }}
        >
          {text.otherDirections}
        </button>
      </div>
      <TaskLine task={task} label={text.surfaceTitle} />
      {shown === null ? <p class="quiet">{text.noSurface}</p> : <Picture drawn={shown} />}
    </>
  );
}

function Picture({ drawn: { surface, step } }: { readonly drawn: Drawn }) {
  const text = textsIn(texts);
  const scale = scaleOf(surface.losses);
  const paint = view.value === 'map' ? paintSurfaceMap : paintRelief;
  const angle = turn.value;
  return (
    <figure class="surface" data-known={surface.losses.reduce((sum, loss) => sum + (loss >= 0 ? 1 : 0), 0)}>
      <div class="row">
        <label class="row">
          <input
            type="radio"
            name="surface-view"
            checked={view.value === 'relief'}
            onChange={() => (view.value = 'relief')}
          />
          {text.relief}
        </label>
        <label class="row">
          <input
            type="radio"
            name="surface-view"
            checked={view.value === 'map'}
            onChange={() => (view.value = 'map')}
          />
          {text.map}
        </label>
        {view.value === 'relief' && (
          <label class="row turn">
            {text.turn}
            <input
              type="range"
              min={0}
              max={360}
              step={5}
              value={angle}
              onInput={(event) => (turn.value = Number(event.currentTarget.value))}
            />
          </label>
        )}
      </div>
      <FluidCanvas
        name="landscape"
        onDrag={(across) => {
          turn.value = (turn.value + across / 2 + 360) % 360;
        }}
        label={text.surfaceLabel(scale.low, scale.high)}
        heightOf={(width) => 0.75 * width}
        paint={(context, theme, width, height) =>
          paint(context, theme, { surface, scale, angle, width, height })
        }
      />
      <FluidCanvas
        name="scale"
        label=""
        heightOf={() => 34}
        paint={(context, theme, width) => paintSurfaceScale(context, theme, scale, width)}
      />
      <figcaption class="quiet small">{text.surfaceLegend(surface.samples, step)}</figcaption>
    </figure>
  );
}
