/** A residual network against a plain one of the same depth. */
import { Plot, type Point } from '../picture/Plot.tsx';
import { PlayControls } from '../train/PlayControls.tsx';
import { usePlayhead } from '../train/playhead.ts';
import { recordingOf } from '../train/recordings.ts';
import { accuracyText } from './accuracyText.ts';
import { residualSpecs } from './specs.ts';
import { depthTexts } from './texts.ts';

export function Residual() {
  const t = depthTexts();
  const recordings = residualSpecs.map((spec) => recordingOf(spec));
  const playhead = usePlayhead(recordings);
  const names = [t.residualNames.plain, t.residualNames.residual];
  const lines = recordings.map((recording, look) => ({
    ...{ name: names[look] ?? '', look, dots: true },
    points: recording
      .epochsAt(playhead.at)
      .map(({ epoch, validationAccuracy }): Point => [epoch, validationAccuracy ?? 0]),
  }));
  const ends = lines.map(({ points }) => points.at(-1)?.[1] ?? null);
  const told = ends.map(accuracyText);
  return (
    <>
      <div class="picture" data-accuracies={ends.map((end) => end ?? 0).join(' ')}>
        <Plot
          label={t.raceLabel(lines.map(({ name }, i) => `${name} ${told[i]}`).join(', '))}
          x={{ from: 0.7, to: 8.3, name: t.epochs }}
          y={{ from: 0, to: 1, name: t.accuracyAxis }}
          lines={lines}
        />
      </div>
      <div class="controls">
        {lines.map(({ name }, i) => (
          <p key={name} class="reading number">
            {t.reached(name, told[i] ?? '')}
          </p>
        ))}
        <p class="quiet">{t.residualNote}</p>
      </div>
      <PlayControls playhead={playhead} recordings={recordings} />
    </>
  );
}
