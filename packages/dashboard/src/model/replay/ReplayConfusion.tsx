/** Which class the state that a replay shows takes for which: read on the viewer's own device once that is asked for. */
import type { RunDetail } from '@shoal/core';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { readsData, run } from '../../index/store.ts';
import { textsIn } from '../../shared/language.ts';
import { bringSet } from '../bringSet.ts';
import { ConfusionMatrix } from '../cards/ConfusionMatrix.tsx';
import { SamplesKept } from '../cards/SamplesKept.tsx';
import { TaskLine } from '../cards/TaskLine.tsx';
import type { Confusion } from '../lab/confusion.ts';
import type { LabProblem } from '../lab/labProblem.ts';
import { type ModelClient, startModelClient } from '../modelClient.ts';
import { problemText } from '../problemText.ts';
import { hasSamplesOf } from '../shown.ts';
import { LongTask } from '../task.ts';
import { texts } from '../texts.ts';
import { StateCounter } from './stateCounter.ts';
import { replayTexts } from './texts.ts';

type Props = {
  readonly detail: RunDetail;
  readonly step: number;
  readonly parameters: Float32Array | null;
};

type Counted = { readonly step: number; readonly confusion: Confusion };

export function ReplayConfusion({ detail, step, parameters }: Props) {
  const text = textsIn(texts);
  const [counter, setCounter] = useState<StateCounter | null>(null);
  const [last, setLast] = useState<Counted | null>(null);
  const [problem, setProblem] = useState<LabProblem | null>(null);
  const all = useMemo(() => new Map<number, Counted>(), []);
  const task = useMemo(() => new LongTask(), []);
  const client = useRef<ModelClient | null>(null);
  useEffect(() => () => client.current?.close(), []);
  useEffect(() => {
    if (counter !== null && parameters !== null && !all.has(step)) counter.count({ step, parameters });
  }, [counter, step]);

  const load = (): void => {
    setProblem(null);
    void task.run(async ({ signal, progress }) => {
      client.current?.close();
      const own = startModelClient();
      client.current = own;
      own.tell({ type: 'run', spec: detail.spec });
      const asked = run.peek()?.runId;
      const isStill = (runId: string): boolean =>
        runId === asked && runId === run.peek()?.runId && !signal.aborted && client.current === own;
      await bringSet(own, 'test', { progress, isStill });
      setCounter(
        new StateCounter({
          client: own,
          onCounted: (of, confusion) => {
            const counted = { step: of, confusion };
            all.set(of, counted);
            setLast(counted);
          },
          onProblem: setProblem,
        }),
      );
    });
  };

  const shown = all.get(step) ?? last;
  return (
    <section
      class="replay-confusion stack"
      aria-labelledby="replay-confusion"
      data-counted={shown?.step ?? ''}
      data-accuracy={shown === null ? '' : shown.confusion.correct / Math.max(1, shown.confusion.samples)}
    >
      <h3 id="replay-confusion">{text.confusionTitle}</h3>
      {counter === null ? <Offer detail={detail} load={load} /> : null}
      <TaskLine task={task} label={text.counting} />
      {problem === null ? null : (
        <p class="fault" role="alert">
          {problemText(problem)}
        </p>
      )}
      {shown === null ? null : (
        <>
          <ConfusionMatrix confusion={shown.confusion} names={detail.dataSetInfo.classNames} />
          <p class="quiet small">
            {text.countedAt(shown.confusion.samples, shown.confusion.correct, shown.step)}
          </p>
        </>
      )}
    </section>
  );
}

/** The button, or why there is none. */
function Offer({ detail, load }: { readonly detail: RunDetail; readonly load: () => void }) {
  const t = replayTexts();
  if (!readsData.value) return <SamplesKept />;
  if (!hasSamplesOf(detail, run.value, 'test')) return <p class="quiet">{t.otherData}</p>;
  return (
    <div class="row">
      <button type="button" onClick={load}>
        {textsIn(texts).countNow}
      </button>
      <span class="quiet">{t.countNote}</span>
    </div>
  );
}
