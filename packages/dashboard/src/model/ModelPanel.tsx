/** The model from inside, on the viewer's own machine: try it, look into it, check it, while it learns. */

import { useEffect, useRef } from 'preact/hooks';
import { lookInto, openedModel } from '../index/runs/openedModel.ts';
import { Guarded } from '../index/shell/Guarded.tsx';
import { textsIn } from '../shared/language.ts';
import { BoundaryCard, table } from './cards/BoundaryCard.tsx';
import { ConfusionCard } from './cards/ConfusionCard.tsx';
import { SlopeCard } from './cards/SlopeCard.tsx';
import { SurfaceCard } from './cards/SurfaceCard.tsx';
import { WeightsCard } from './cards/WeightsCard.tsx';
import { DrawCard } from './draw/DrawCard.tsx';
import { field, startReading } from './draw/subject.ts';
import { held, isSeen, model, startFollowing, trouble } from './follow.ts';
import { problemText } from './problemText.ts';
import './model.css';
import { texts } from './texts.ts';

export function ModelPanel() {
  const root = useRef<HTMLElement>(null);
  useEffect(() => {
    const stopFollowing = startFollowing();
    const stopReading = startReading();
    return () => {
      stopFollowing();
      stopReading();
    };
  }, []);
  useEffect(() => (root.current === null ? undefined : watchSight(root.current)), []);
  const text = textsIn(texts);
  const parameters = held.value;
  return (
    <section class="panel model" aria-labelledby="model-title" ref={root}>
      <div class="row between">
        <h2 id="model-title">{text.title}</h2>
        {parameters !== null && (
          <span class="quiet number" data-step={parameters.step}>
            {text.parametersOf(parameters.step)}
          </span>
        )}
      </div>
      <PastRun />
      {trouble.value !== null && (
        <p class="fault" role="alert">
          {problemText(trouble.value)}
        </p>
      )}
      {model.value === null ? <p class="quiet">{text.noRun}</p> : <Cards />}
    </section>
  );
}

/** Whose model this is, where it is not the one that is being trained. */
function PastRun() {
  const text = textsIn(texts);
  const opened = openedModel.value;
  if (opened === null) return null;
  return (
    <p class="row" role="status">
      <span>
        {text.ofPastRun(opened.name === opened.preset ? opened.runId : `${opened.name} (${opened.runId})`)}
      </span>
      <button type="button" onClick={() => lookInto(null)}>
        {text.backToRun}
      </button>
    </p>
  );
}

function Cards() {
  const text = textsIn(texts);
  const isTable = table.value !== null;
  // Numbers are not taken for one another.
  const isOfNumbers = model.value?.loss === 'squared_error';
  return (
    <>
      {parametersAreComing()}
      {isTable && (
        <Guarded name="model-boundary">
          <BoundaryCard />
        </Guarded>
      )}
      {!isTable &&
        (field.value === null ? (
          <p class="quiet">{text.ofOther}</p>
        ) : (
          <Guarded name="model-draw">
            <DrawCard />
          </Guarded>
        ))}
      <div class="columns">
        <div class="column">
          {!isTable && !isOfNumbers && (
            <Guarded name="model-confusion">
              <ConfusionCard />
            </Guarded>
          )}
          <Guarded name="model-slope">
            <SlopeCard />
          </Guarded>
        </div>
        <div class="column">
          {!isTable && (
            <Guarded name="model-weights">
              <WeightsCard />
            </Guarded>
          )}
          <Guarded name="model-surface">
            <SurfaceCard />
          </Guarded>
        </div>
      </div>
    </>
  );
}

function parametersAreComing() {
  return held.value === null && trouble.value === null ? (
    <p class="quiet" role="status">
      {textsIn(texts).waiting}
    </p>
  ) : null;
}

/** Parameters are fetched only while the panel is on the screen of a tab that is looked at. */
function watchSight(element: HTMLElement): () => void {
  let isOnScreen = false;
  const tell = (): void => {
    isSeen.value = isOnScreen && !document.hidden;
  };
  const observer = new IntersectionObserver((entries) => {
    isOnScreen = entries.at(-1)?.isIntersecting ?? false;
    tell();
  });
  observer.observe(element);
  document.addEventListener('visibilitychange', tell);
  return () => {
    observer.disconnect();
    document.removeEventListener('visibilitychange', tell);
    isSeen.value = false;
  };
}
