/** The network that reads digits, its layers grouped: pixels, hidden neurons, ten outputs. */
import { compileModel, digitsDataSet, valuesOf } from '@shoal/core';
import { useState } from 'preact/hooks';
import { Tiles } from '../../model/paint/Tiles.tsx';
import { KeyButton } from '../picture/KeyButton.tsx';
import { PlayControls } from '../train/PlayControls.tsx';
import { usePlayhead } from '../train/playhead.ts';
import { recordingOf } from '../train/recordings.ts';
import { READER } from '../train/specs.ts';
import { DigitPad } from './DigitPad.tsx';
import { useColumns } from './inspect.ts';
import { softmaxOf } from './Softmax.tsx';
import { networkTexts } from './texts.ts';

const model = compileModel(READER.model);
const EMPTY = new Float32Array(28 * 28);
const SAMPLES = 40;
/** Drawn when the scene is opened for the first time. */
let samples: ReturnType<typeof digitsDataSet>['test'] | null = null;
const testSamples = () => {
  samples ??= digitsDataSet({ train: 1, test: SAMPLES }).test;
  return samples;
};

export const pixelsOf = (all: ReturnType<typeof testSamples>, index: number): Float32Array =>
  Float32Array.from(valuesOf(all.inputs, index), (value) => value / 255);

type Given = { readonly pixels: Float32Array; readonly truth: number | null };

const sampleOf = (index: number): Given => ({
  pixels: pixelsOf(testSamples(), index),
  truth: testSamples().targets.values[index] ?? 0,
});

export function Digits() {
  const t = networkTexts();
  const recording = recordingOf(READER);
  const playhead = usePlayhead([recording], 'fast');
  const [index, setIndex] = useState(0);
  const [given, give] = useState<Given>(() => sampleOf(0));
  const state = recording.stateAt(playhead.at);
  const columns = useColumns(model, state?.parameters ?? null, given.pixels);
  const parts = columns === null ? null : softmaxOf(Array.from(columns.at(-1) ?? []));
  const said = parts === null ? null : parts.indexOf(Math.max(...parts));
  const isRight = said === null || given.truth === null || given.truth === said;
  const next = (): void => {
    setIndex((index + 1) % SAMPLES);
    give(sampleOf((index + 1) % SAMPLES));
  };
  const saying =
    said === null || parts === null ? '' : t.said(said, `${Math.round(100 * (parts[said] ?? 0))} %`);
  const accuracy = recording.outcome?.testAccuracy ?? null;
  return (
    <>
      <div class="picture digit-net" data-said={said} data-truth={given.truth} data-accuracy={accuracy}>
        <div class="digit-pad">
          <DigitPad
            label={t.padLabel}
            pixels={given.pixels}
            onDrawn={(pixels) => give({ pixels, truth: null })}
          />
          <span class="quiet">{t.layers.input}</span>
        </div>
        <div class="digit-hidden">
          {columns === null ? null : (
            <Tiles
              label={t.layers.hidden}
              layout={{ count: 32, width: 1, height: 1, zoom: 34, columns: 4, gap: 5 }}
              values={Float32Array.from(columns[1] ?? EMPTY)}
              dropped={null}
            />
          )}
          <span class="quiet">{t.layers.hidden}</span>
        </div>
        <div class="digit-outputs" role="img" aria-label={t.digitsLabel(saying)}>
          {Array.from({ length: 10 }, (_, digit) => (
            <div key={digit} class={digit === said ? 'chosen' : ''}>
              <strong class="number">{digit}</strong>
              <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                <rect class="ground" width="100" height="10" />
                <rect class="bar" width={100 * (parts?.[digit] ?? 0)} height="10" />
              </svg>
            </div>
          ))}
          <span class="quiet">{t.layers.output}</span>
        </div>
      </div>
      <div class="controls">
        <div class="row">
          <KeyButton letter="t" onPress={next}>
            {t.next}
          </KeyButton>
          <button type="button" onClick={() => give({ pixels: EMPTY.slice(), truth: null })}>
            {t.clear}
          </button>
        </div>
        <p class="quiet">{t.drawHere}</p>
        <p class={isRight ? 'reading' : 'reading wrong'} aria-live="polite">
          {saying}
          {isRight || given.truth === null ? '' : t.truth(given.truth)}
        </p>
        {accuracy === null ? null : <p class="number">{t.accuracy(`${(100 * accuracy).toFixed(1)} %`)}</p>}
      </div>
      <PlayControls playhead={playhead} recordings={[recording]} />
    </>
  );
}
