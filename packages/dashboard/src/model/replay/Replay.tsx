/** A run that is over, played again from the parameters that were kept on its way: boundary, weights, losses, confusions. */
import { compileModel, type EpochRecord, initialParameters, type RunDetail, tableDataSet } from '@shoal/core';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { refusalText } from '../../index/actions.ts';
import { significant } from '../../index/format.ts';
import { ApiError, api } from '../../index/store.ts';
import { Plane } from '../../lecture/picture/Plane.tsx';
import { StepControls } from '../../lecture/picture/StepControls.tsx';
import { useStepper } from '../../lecture/picture/stepper.ts';
import { useGrid } from '../../lecture/picture/useGrid.ts';
import { rightOf } from '../lab/boundaryGrid.ts';
import { firstPictures } from '../paint/firstPictures.ts';
import { Tiles } from '../paint/Tiles.tsx';
import { layOutTiles } from '../paint/tiles.ts';
import { ReplayConfusion } from './ReplayConfusion.tsx';
import './replay.css';
import { replayTexts } from './texts.ts';

const STATES_A_SECOND = 4;
/** Neurons or filters at once. */
const SHOWN_MAX = 32;

type Kept = { readonly steps: readonly number[]; readonly states: ReadonlyMap<number, Float32Array> };

const NOTHING: Kept = { steps: [], states: new Map() };

/** All that is kept of a run comes at once: it is at most forty small models. */
function useKept(runId: string): { readonly kept: Kept; readonly failure: ApiError | null } {
  const [kept, setKept] = useState(NOTHING);
  const [failure, setFailure] = useState<ApiError | null>(null);
  useEffect(() => {
    let isCurrent = true;
    const path = `/api/runs/${encodeURIComponent(runId)}/states`;
    const load = async (): Promise<void> => {
      const { steps } = await api.get<{ readonly steps: readonly number[] }>(path);
      const states = new Map<number, Float32Array>();
      for (const step of steps) {
        const { buffer } = await api.bytes(`${path}/${step}`);
        if (!isCurrent) return;
        states.set(step, new Float32Array(buffer));
        setKept({ steps, states: new Map(states) });
      }
    };
    load().catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
      if (isCurrent) setFailure(error);
    });
    return () => {
      isCurrent = false;
    };
  }, [runId]);
  return { kept, failure };
}

export function Replay({ detail }: { readonly detail: RunDetail }) {
  const t = replayTexts();
  const { kept, failure } = useKept(detail.runId);
  if (failure !== null) {
    return (
      <section class="panel">
        <p class="problem" role="alert">
          {refusalText(failure)}
        </p>
      </section>
    );
  }
  if (kept.steps.length < 2) return null;
  const isHere = kept.states.size === kept.steps.length;
  return (
    <section class="panel stack replay" aria-labelledby="replay-title" data-states={kept.states.size}>
      <h2 id="replay-title">{t.title}</h2>
      {isHere ? <Film detail={detail} kept={kept} /> : <p class="quiet waiting">{t.loading}</p>}
    </section>
  );
}

function Film({ detail, kept: { steps, states } }: { readonly detail: RunDetail; readonly kept: Kept }) {
  const t = replayTexts();
  const { spec, records } = detail;
  const stepper = useStepper(steps.length - 1, STATES_A_SECOND, detail.runId);
  const model = useMemo(() => compileModel(spec.model), [spec]);
  const step = steps[stepper.at] ?? 0;
  const parameters = states.get(step) ?? null;
  const samples = useMemo(
    () => (spec.data.source === 'table' ? tableDataSet(spec.data.table).train : null),
    [spec],
  );
  const loss = lossAt(detail, step);
  const record = recordAt(detail, step);
  const isPlane = samples !== null && model.inputLength <= 2;
  const grid = useGrid(isPlane ? model : null, parameters);
  const right = grid === null || samples === null ? null : rightOf(grid, samples);
  return (
    <div class="replay-body">
      <div class="stack">
        <div class="film" data-step={step} data-loss={loss ?? ''} data-right={right ?? ''}>
          {isPlane ? (
            <figure class="replay-plane">
              <Plane
                model={model}
                parameters={parameters}
                grid={grid}
                samples={samples}
                label={t.plane(step, right ?? 0, samples.count)}
              />
              {right === null ? null : (
                <figcaption class="number">{t.right(right, samples.count)}</figcaption>
              )}
            </figure>
          ) : null}
          <Weights detail={detail} parameters={parameters} step={step} />
          <dl class="numbers-line number">
            <dt>{t.step}</dt>
            <dd>{step}</dd>
            <dt>{t.loss}</dt>
            <dd>{significant(loss)}</dd>
            {record === null ? null : (
              <>
                <dt>{t.epoch}</dt>
                <dd>
                  {record.epoch} / {records.length}
                </dd>
                {record.validationLoss === null ? null : (
                  <>
                    <dt>{t.validationLoss}</dt>
                    <dd>{significant(record.validationLoss)}</dd>
                  </>
                )}
              </>
            )}
          </dl>
        </div>
        <StepControls stepper={stepper} words={t} />
        <p class="quiet">{t.note(steps.length)}</p>
      </div>
      {isOfClasses(detail) ? (
        <ReplayConfusion key={detail.runId} detail={detail} step={step} parameters={parameters} />
      ) : null}
    </div>
  );
}

/** A truth table has its plane, and numbers are not taken for one another. */
const isOfClasses = ({ spec }: RunDetail): boolean =>
  spec.data.source !== 'table' && spec.model.loss !== 'squared_error';

type WeightsProps = {
  readonly detail: RunDetail;
  readonly parameters: Float32Array | null;
  readonly step: number;
};

/** What training has made of the first layer by then. */
function Weights({ detail: { spec }, parameters, step }: WeightsProps) {
  const t = replayTexts();
  const model = useMemo(() => compileModel(spec.model), [spec]);
  const before = useMemo(() => initialParameters(model, spec.seed), [model]);
  const pictures = firstPictures(model);
  if (pictures === null || parameters === null) return null;
  const { tensor, count, height, width, kind } = pictures;
  const shown = Math.min(SHOWN_MAX, count);
  const own = parameters.subarray(tensor.offset, tensor.offset + shown * width * height);
  const values = kind === 'filters' ? own : own.map((value, i) => value - (before[tensor.offset + i] ?? 0));
  return (
    <figure class="replay-weights">
      <Tiles
        label={t.weights(shown, step)}
        layout={layOutTiles(shown, width, height, kind === 'filters' ? 48 : 56)}
        values={values}
        each
      />
      <figcaption class="quiet small">{kind === 'filters' ? t.filters : t.neurons}</figcaption>
    </figure>
  );
}

/** Of the last step up to this one that the curve has; null before the first. */
function lossAt({ steps }: RunDetail, step: number): number | null {
  const at = steps.globalStep.findLastIndex((one) => one <= step);
  return at < 0 ? null : (steps.loss[at] ?? null);
}

/** The epoch that was complete last; null before the first. */
function recordAt({ steps, records, result }: RunDetail, step: number): EpochRecord | null {
  const epochs = result?.epochs ?? records.at(-1)?.epoch ?? 0;
  const all = result?.steps ?? steps.globalStep.at(-1) ?? 0;
  if (epochs === 0 || all === 0) return null;
  const complete = Math.floor((step * epochs) / all);
  return records.findLast(({ epoch }) => epoch <= complete) ?? null;
}
