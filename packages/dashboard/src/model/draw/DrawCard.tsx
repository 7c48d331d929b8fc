/** Draw a digit, and watch it go through the network. */
import { useEffect } from 'preact/hooks';
import { readsData } from '../../index/store.ts';
import { textsIn } from '../../shared/language.ts';
import { SamplesKept } from '../cards/SamplesKept.tsx';
import { held, loadSet, ofRun, runId } from '../follow.ts';
import { Canvas } from '../paint/Canvas.tsx';
import { inkColour } from '../paint/colours.ts';
import { paintTiles } from '../paint/tiles.ts';
import { problemText } from '../problemText.ts';
import { texts } from '../texts.ts';
import { DrawingPad } from './DrawingPad.tsx';
import { Layers } from './Layers.tsx';
import { Probabilities } from './Probabilities.tsx';
import {
  chooseTestSample,
  field,
  present,
  reading,
  readingProblem,
  subject,
  tellProblem,
} from './subject.ts';

const testCount = ofRun<number | null>(null);

export function DrawCard() {
  const text = textsIn(texts);
  return (
    <section class="card" aria-labelledby="model-draw">
      <h3 id="model-draw">{text.drawTitle}</h3>
      <p class="quiet">{text.drawAbout}</p>
      <div class="draw">
        <div class="draw-pad">
          <DrawingPad />
          <button type="button" onClick={() => present(null)} disabled={subject.value === null}>
            {text.clear}
          </button>
        </div>
        <div class="draw-seen">
          <Seen />
          {readsData.value ? <TestSampleChoice /> : <SamplesKept />}
        </div>
        <Probabilities />
      </div>
      {readingProblem.value !== null && (
        <p class="fault" role="alert">
          {problemText(readingProblem.value)}
        </p>
      )}
      <Layers />
    </section>
  );
}

/** The 28 × 28 values that the network is given, and its answer in one sentence. */
function Seen() {
  const text = textsIn(texts);
  const size = field.value;
  const given = subject.value;
  const said = reading.value;
  if (size === null) return null;
  const layout = { count: 1, ...size, zoom: 4, columns: 1, gap: 0 };
  return (
    <div class="seen">
      <Canvas
        name="tiles digit"
        label={text.seenLabel}
        width={size.width * 4}
        height={size.height * 4}
        paint={(context, theme) => {
          const pixels = paintTiles(layout, (i) => inkColour(theme, given?.pixels[i] ?? 0));
          context.putImageData(new ImageData(pixels, size.width * 4, size.height * 4), 0, 0);
        }}
      />
      <p class="said" aria-live="polite">
        {given === null || said === null ? (
          <span class="quiet">{held.value === null ? text.waiting : text.nothingDrawn}</span>
        ) : (
          <>
            <strong class="answer" data-said={said.said}>
              {said.said}
            </strong>
            <span>{text.sure(said.probabilities[said.said])}</span>
            {given.from === 'test' && (
              <span class={given.label === said.said ? 'right' : 'wrong'}>
                {given.label === said.said ? text.isRight : text.isWrong(given.label)}
              </span>
            )}
          </>
        )}
      </p>
    </div>
  );
}

/** For those who do not draw: any digit of the test set, by its number. */
function TestSampleChoice() {
  const text = textsIn(texts);
  const count = testCount.value;
  const given = subject.value;
  useEffect(() => {
    if (given?.from !== 'test' || count !== null) return;
    const id = runId.peek();
    loadSet('test')
      .then((set) => testCount.keep(id, set.count))
      .catch((error: unknown) => tellProblem(id, error));
  }, [given, count]);
  const shown = given?.from === 'test' ? given.index : null;
  const choose = async (indexOf: (count: number) => number): Promise<void> => {
    const id = runId.peek();
    try {
      const { count: own } = await loadSet('test');
      await chooseTestSample(Math.min(Math.max(indexOf(own), 0), own - 1));
    } catch (error) {
      tellProblem(id, error);
    }
  };
  return (
    <div class="row">
      <button
        type="button"
        disabled={held.value === null}
        onClick={() => void choose((all) => Math.floor(Math.random() * all))}
      >
        {text.anyTestDigit}
      </button>
      <label class="row">
        {text.testNumber}
        <input
          type="number"
          class="number"
          min={0}
          max={count === null ? undefined : count - 1}
          value={shown ?? ''}
          disabled={held.value === null}
          onChange={(event) => {
            const index = Number(event.currentTarget.value);
            if (Number.isInteger(index)) void choose(() => index);
          }}
        />
      </label>
    </div>
  );
}
