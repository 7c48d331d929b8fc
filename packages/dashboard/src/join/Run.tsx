/** The current run: how far it is, and its curve. */
import type { HubView } from '@shoal/worker/browser';
import { language } from '../shared/language.ts';
import { chartOf } from './chart.ts';
import { decimal, percent, whole } from './figures.ts';
import { texts } from './texts.ts';

export function Run({ view }: { readonly view: HubView }) {
  const t = texts();
  const { run, standing, curve } = view;
  if (run === null) return null;
  const at = standing === null ? 0 : standing.epoch + standing.step / Math.max(1, standing.stepsPerEpoch);
  const shown = Math.min(run.epochs, (standing?.epoch ?? 0) + 1);
  return (
    <section class="panel run" aria-labelledby="run">
      <h2 id="run">
        {t.theRun} <span class="quiet">{run.name}</span>
      </h2>
      <div class="progress">
        <p>
          {t.epochOf(whole(shown, language.value), whole(run.epochs, language.value))}
          {standing === null ? '' : ` · ${t.states[standing.state]}`}
        </p>
        <progress max={Math.max(1, run.epochs)} value={at} aria-labelledby="run" />
      </div>
      <Curve curve={curve} />
    </section>
  );
}

function Curve({ curve }: Pick<HubView, 'curve'>) {
  const t = texts();
  const chart = chartOf(curve);
  if (chart === null) return <p class="quiet">{t.noCurveYet}</p>;
  const loss = curve.losses.at(-1)?.loss ?? curve.epochs.at(-1)?.trainLoss ?? 0;
  const accuracy = curve.epochs.at(-1)?.validationAccuracy ?? null;
  const lossText = decimal(loss, language.value);
  const accuracyText = accuracy === null ? null : percent(accuracy, language.value);
  return (
    <figure class="curve">
      <div class="axis number" aria-hidden="true">
        <span class="loss">{decimal(chart.lossMax, language.value)}</span>
        {accuracyText === null ? null : <span class="accuracy">{percent(1, language.value)}</span>}
      </div>
      <svg
        viewBox="0 0 100 100"
        preserveAspectRatio="none"
        role="img"
        aria-label={t.chart(lossText, accuracyText)}
      >
        <path class="grid" d="M0 0H100M0 25H100M0 50H100M0 75H100M0 100H100" />
        <polyline class="loss" points={chart.loss} />
        <polyline class="accuracy" points={chart.accuracy} />
      </svg>
      <div class="axis number" aria-hidden="true">
        <span>0</span>
        <span>
          {decimal(chart.epochs, language.value)} {t.epochs}
        </span>
      </div>
      <figcaption>
        <span class="key loss">
          {t.trainLoss} <b class="number">{lossText}</b>
        </span>
        {accuracyText === null ? null : (
          <span class="key accuracy">
            {t.validationAccuracy} <b class="number">{accuracyText}</b>
          </span>
        )}
      </figcaption>
    </figure>
  );
}
