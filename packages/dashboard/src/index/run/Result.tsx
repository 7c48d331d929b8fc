/** How the run ended, and whether another run of the same spec ended with the same bits. */
import type { RegressionFigures, RunListView, RunResult, RunSummary, RunView } from '@shoal/core';
import { useEffect, useRef, useState } from 'preact/hooks';
import { clock, percent, significant } from '../format.ts';
import { CopyButton } from '../shell/CopyButton.tsx';
import { ApiError, api, runs } from '../store.ts';
import { sameSpec } from './sameSpec.ts';
import { runTexts } from './texts.ts';

type ResultProps = { readonly run: Pick<RunView, 'runId' | 'specSha256'>; readonly result: RunResult };

export function Result({ run, result }: ResultProps) {
  const t = runTexts();
  return (
    <section class="panel result">
      <h2>{t.result}</h2>
      <dl class="factlist">
        <Regression figures={result.regression} />
        {/* What was not measured is not there: a run may have no validation set, or no test set. */}
        <Measured label={t.testAccuracy} value={result.testAccuracy} write={percent} strong />
        <Measured label={t.testLoss} value={result.testLoss} write={significant} />
        <Measured label={t.valAccuracy} value={result.valAccuracy} write={percent} />
        {result.testAccuracy === null && result.valAccuracy === null ? (
          <Measured label={t.trainAccuracy} value={result.trainAccuracy} write={percent} />
        ) : null}
        <Fact label={t.took} value={clock(result.seconds)} />
      </dl>
      <p class="quiet">{deliveredText(result)}</p>
      <Hash sha256={result.parametersSha256} />
      <Others runId={run.runId} spec={run.specSha256} sha256={result.parametersSha256} />
      <p class="quiet">
        {t.modelFile}: <code>{result.modelFile}</code>
      </p>
    </section>
  );
}

/** Of a run that predicts numbers. */
function Regression({ figures }: { readonly figures: RegressionFigures | undefined }) {
  const t = runTexts();
  if (figures === undefined) return null;
  return (
    <>
      <Fact label={t.predicts} value={figures.label} />
      <Measured label={t.testR2} value={figures.r2} write={significant} strong />
      <Measured label={t.meanSquaredError} value={figures.meanSquaredError} write={significant} />
    </>
  );
}

/** Which parameters they are. */
function deliveredText({ bestEpoch, steps }: RunResult): string {
  const t = runTexts();
  if (bestEpoch > 0) return t.deliveredEpoch(bestEpoch);
  return steps === 0 ? t.deliveredInitial : t.deliveredStep(steps);
}

type MeasuredProps = {
  readonly label: string;
  readonly value: number | null;
  readonly write: (value: number) => string;
  readonly strong?: boolean;
};

function Measured({ value, write, ...fact }: MeasuredProps) {
  return value === null ? null : <Fact {...fact} value={write(value)} />;
}

type FactProps = { readonly label: string; readonly value: string; readonly strong?: boolean };

function Fact({ label, value, strong = false }: FactProps) {
  return (
    <div>
      <dt class="quiet">{label}</dt>
      <dd class={strong ? 'number strong' : 'number'}>{value}</dd>
    </div>
  );
}

function Hash({ sha256 }: { readonly sha256: string }) {
  const t = runTexts();
  const place = useRef<HTMLElement>(null);
  return (
    <p class="hash">
      <span class="quiet">{t.bits}</span>
      <code ref={place}>{sha256}</code>
      <CopyButton text={sha256} place={place} what={t.bits} />
    </p>
  );
}

type OthersProps = { readonly runId: string; readonly spec: string; readonly sha256: string };

function Others({ runId, spec, sha256 }: OthersProps) {
  const t = runTexts();
  const [found, setFound] = useState<readonly RunSummary[]>([]);
  const { change } = runs.value;
  useEffect(() => {
    let isWanted = true;
    void othersOf(spec).then((others) => {
      if (isWanted) setFound(others);
    });
    return () => {
      isWanted = false;
    };
  }, [spec, change]);
  const others = sameSpec(found, { runId, spec });
  if (others.length === 0) return null;
  return (
    <div class="others">
      <h3>{t.otherRuns}</h3>
      <ul>
        {others.map((other) => (
          <li key={other.runId}>
            <span>{other.runId}</span>
            <code>{other.parametersSha256}</code>
            {other.parametersSha256 === sha256 ? (
              <span class="mark good">{t.sameBits}</span>
            ) : (
              <span class="mark bad">{t.otherBits}</span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What cannot be had is not shown: the result stands without it. */
async function othersOf(spec: string): Promise<readonly RunSummary[]> {
  try {
    const asked = new URLSearchParams({ spec, archived: 'too', limit: '50' });
    return (await api.get<RunListView>(`/api/runs?${asked}`)).runs;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return [];
  }
}
