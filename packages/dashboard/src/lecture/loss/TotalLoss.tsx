/** The total loss as the sum of single ones, with the samples that make it, at any moment of training. */
import { compileModel, digitsDataSet, type Executor, wasmStrictEngine } from '@shoal/core';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { pixelsOf } from '../network/Digits.tsx';
import { DigitPicture } from '../picture/DigitPicture.tsx';
import { PlayControls } from '../train/PlayControls.tsx';
import { usePlayhead } from '../train/playhead.ts';
import { recordingOf } from '../train/recordings.ts';
import { READER } from '../train/specs.ts';
import { lossTexts } from './texts.ts';

const COUNT = 20;
/** A column of this loss fills its place. */
const LOSS_FULL = 5;
const model = compileModel(READER.model);

export function TotalLoss() {
  const t = lossTexts();
  const recording = recordingOf(READER);
  const playhead = usePlayhead([recording]);
  const samples = useMemo(() => digitsDataSet({ train: 1, test: COUNT }).test, []);
  const pictures = useMemo(() => Array.from({ length: COUNT }, (_, i) => pixelsOf(samples, i)), [samples]);
  const [executor, setExecutor] = useState<Executor | null>(null);
  useEffect(() => {
    let isCurrent = true;
    void wasmStrictEngine.compile(model, { microbatch: COUNT, inputGradient: false }).then((made) => {
      if (isCurrent) setExecutor(made);
    });
    return () => {
      isCurrent = false;
    };
  }, []);
  const parameters = recording.stateAt(playhead.at)?.parameters ?? null;
  const found = useMemo(() => {
    if (executor === null || parameters === null) return null;
    executor.parameters.set(parameters);
    executor.parametersChanged();
    const single = pictures.map((pixels, i) => {
      executor.inputs.set(pixels);
      executor.targets[0] = samples.targets.values[i] ?? 0;
      return executor.evaluate(1);
    });
    pictures.forEach((pixels, i) => {
      executor.inputs.set(pixels, i * pixels.length);
      executor.targets[i] = samples.targets.values[i] ?? 0;
    });
    return { single, whole: executor.evaluate(COUNT).loss };
  }, [executor, parameters]);
  const whole = found?.whole ?? 0;
  const wrong = found?.single.filter(({ correct }) => correct === 0).length ?? 0;
  return (
    <>
      <div
        class="picture"
        data-whole={found?.whole}
        data-sum={found?.single.reduce((sum, { loss }) => sum + loss, 0)}
        data-at={playhead.at}
      >
        <ul class="losses" aria-label={t.partsLabel(whole.toFixed(1))}>
          {pictures.map((pixels, i) => {
            const one = found?.single[i];
            return (
              <li key={i} class={one?.correct === 0 ? 'bad' : ''}>
                <span class="number">{one === undefined ? '' : one.loss.toFixed(1)}</span>
                <svg viewBox="0 0 10 100" preserveAspectRatio="none" aria-hidden="true">
                  <rect
                    y={100 - 100 * Math.min(1, (one?.loss ?? 0) / LOSS_FULL)}
                    width="10"
                    height={100 * Math.min(1, (one?.loss ?? 0) / LOSS_FULL)}
                  />
                </svg>
                <DigitPicture pixels={pixels} label={t.labelOf(samples.targets.values[i] ?? 0)} />
              </li>
            );
          })}
        </ul>
      </div>
      <div class="controls">
        <p class="reading number">{t.sum(whole.toFixed(1), COUNT)}</p>
        <p class="number">{t.each((whole / COUNT).toFixed(2))}</p>
        <p class={wrong === 0 ? 'right' : 'wrong'}>{t.wrongOnes(wrong)}</p>
      </div>
      <PlayControls playhead={playhead} recordings={[recording]} />
    </>
  );
}
