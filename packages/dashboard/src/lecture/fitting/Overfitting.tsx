/** Training loss and the loss on samples held out, with the gap between them filled. */
import { Plot, type Point } from '../picture/Plot.tsx';
import { PlayControls } from '../train/PlayControls.tsx';
import { usePlayhead } from '../train/playhead.ts';
import { recordingOf } from '../train/recordings.ts';
import { byHeart } from './specs.ts';
import { fittingTexts } from './texts.ts';

export function Overfitting() {
  const t = fittingTexts();
  const recording = recordingOf(byHeart);
  const playhead = usePlayhead([recording]);
  const epochs = recording.epochsAt(playhead.at);
  const train = epochs.map(({ epoch, trainLoss }): Point => [epoch, trainLoss]);
  const held = epochs.map(({ epoch, validationLoss }): Point => [epoch, validationLoss ?? 0]);
  const gaps = held.map(([, loss], i) => loss - (train[i]?.[1] ?? 0));
  const last = epochs.at(-1);
  const percent = (part: number | null | undefined): string => `${(100 * (part ?? 0)).toFixed(0)} %`;
  return (
    <>
      <div
        class="picture"
        data-gap={gaps.at(-1)}
        data-epoch={epochs.length}
        data-held={held.map(([, loss]) => loss.toFixed(3)).join(' ')}
      >
        <Plot
          label={t.gapLabel(last?.trainLoss.toFixed(2) ?? '', last?.validationLoss?.toFixed(2) ?? '')}
          x={{ from: 1, to: byHeart.epochs, name: t.epochs }}
          y={{ from: 0, to: 2, name: t.loss }}
          lines={[
            { name: t.training, look: 0, points: train },
            { name: t.held, look: 1, points: held },
          ]}
          gaps={[{ upper: held, lower: train }]}
        />
      </div>
      <div class="controls">
        <p class="reading number">{t.gapNow((gaps.at(-1) ?? 0).toFixed(2))}</p>
        <p class="number">{t.byHeart(percent(last?.trainAccuracy))}</p>
        <p class="number">{t.outside(percent(last?.validationAccuracy))}</p>
      </div>
      <PlayControls playhead={playhead} recordings={[recording]} />
    </>
  );
}
