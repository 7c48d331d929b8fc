/** Which class is taken for which, and the test samples that are read most wrongly. */
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { epochs, readsData } from '../../index/store.ts';
import { textsIn } from '../../shared/language.ts';
import { className, classNames } from '../classNames.ts';
import { chooseTestSample, field, pictureSize } from '../draw/subject.ts';
import { held, isSeen, loadSet, modelClient, ofRun, onOtherRun, runId } from '../follow.ts';
import type { Confusion, WrongSample } from '../lab/confusion.ts';
import { Canvas } from '../paint/Canvas.tsx';
import { inkColour } from '../paint/colours.ts';
import { type Colour, paintTiles } from '../paint/tiles.ts';
import { LongTask } from '../task.ts';
import { texts } from '../texts.ts';
import { ConfusionMatrix } from './ConfusionMatrix.tsx';
import { SamplesKept } from './SamplesKept.tsx';
import { TaskLine } from './TaskLine.tsx';

type Counted = { readonly step: number; readonly confusion: Confusion };

const counted = ofRun<Counted | null>(null);
const task = new LongTask();
/** Whether it is counted anew after each epoch; the test set is read on the viewer's own machine. */
const followsEpochs = signal(true);
let countedFor = '';

onOtherRun(() => task.cancel());

function count(): void {
  void task.run(async (control) => {
    await loadSet('test', control.progress);
    const parameters = held.peek();
    if (parameters === null) return;
    const confusion = await modelClient().ask('confusion', {}, control);
    counted.keep(parameters.runId, { step: parameters.step, confusion });
  });
}

export function ConfusionCard() {
  const text = textsIn(texts);
  const id = runId.value;
  const shown = counted.value;
  const key = `${id} ${epochs.value.length}`;
  // A count that is under way is not called off for the next epoch, or there might never be one.
  const isFree = task.state.value.name !== 'running';
  const isDue =
    readsData.value &&
    isFree &&
    followsEpochs.value &&
    isSeen.value &&
    epochs.value.length > 0 &&
    held.value !== null;
  useEffect(() => {
    if (!isDue || countedFor === key) return;
    countedFor = key;
    count();
  }, [isDue, key]);
  return (
    <section class="card" aria-labelledby="model-confusion">
      <h3 id="model-confusion">{text.confusionTitle}</h3>
      <p class="quiet">{text.confusionAbout}</p>
      {readsData.value ? <Counting shown={shown} /> : <SamplesKept />}
    </section>
  );
}

function Counting({ shown }: { readonly shown: Counted | null }) {
  const text = textsIn(texts);
  return (
    <>
      <div class="row">
        <button type="button" onClick={count} disabled={held.value === null}>
          {text.countNow}
        </button>
        <label class="row">
          <input
            type="checkbox"
            checked={followsEpochs.value}
            onChange={(event) => (followsEpochs.value = event.currentTarget.checked)}
          />
          {text.afterEachEpoch}
        </label>
      </div>
      <TaskLine task={task} label={text.counting} />
      {shown === null ? (
        <p class="quiet">{text.notCounted}</p>
      ) : (
        <>
          <ConfusionMatrix confusion={shown.confusion} names={classNames()} />
          <p class="quiet small">
            {text.countedAt(shown.confusion.samples, shown.confusion.correct, shown.step)}
          </p>
          <Worst worst={shown.confusion.worst} />
        </>
      )}
    </>
  );
}

function Worst({ worst }: { readonly worst: readonly WrongSample[] }) {
  const text = textsIn(texts);
  if (worst.length === 0) return <p>{text.noneWrong}</p>;
  return (
    <>
      <h4>{text.worstTitle}</h4>
      <ul class="worst">
        {worst.map((wrong) => (
          <li key={wrong.index}>
            <WrongDigit wrong={wrong} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** Choosing one puts it before the network. */
function WrongDigit({ wrong }: { readonly wrong: WrongSample }) {
  const text = textsIn(texts);
  const size = pictureSize.value;
  const said = text.wrongLabel(wrong, className);
  const scale = wrong.values instanceof Uint8Array ? 255 : 1;
  const zoom = 2;
  return (
    <button
      type="button"
      class="digit-button"
      aria-label={said}
      title={said}
      disabled={field.value === null}
      onClick={() => {
        void chooseTestSample(wrong.index);
        document.getElementById('model-draw')?.scrollIntoView({ block: 'start' });
      }}
    >
      {size !== null && (
        <Canvas
          name="tiles"
          label=""
          width={size.width * zoom}
          height={size.height * zoom}
          paint={(context, theme) => {
            const { width, height } = size;
            const layout = { count: 1, width, height, zoom, columns: 1, gap: 0 };
            const area = size.width * size.height;
            const part = (i: number): number => wrong.values[i] / scale;
            const colourOf = (i: number): Colour =>
              size.channels === 1
                ? inkColour(theme, part(i))
                : [255 * part(i), 255 * part(area + i), 255 * part(2 * area + i)];
            const pixels = paintTiles(layout, colourOf);
            context.putImageData(new ImageData(pixels, size.width * zoom, size.height * zoom), 0, 0);
          }}
        />
      )}
      <span class="number">
        <span class="wrong">{className(wrong.said)}</span>{' '}
        <span class="quiet">{text.insteadOf(className(wrong.label))}</span>
      </span>
    </button>
  );
}
