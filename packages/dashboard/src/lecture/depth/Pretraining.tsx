/** A deep network of sigmoids, trained at once and layer by layer. */
import { useEffect, useState } from 'preact/hooks';
import { Plot, type Point } from '../picture/Plot.tsx';
import { PlayControls } from '../train/PlayControls.tsx';
import { usePlayhead } from '../train/playhead.ts';
import { type Recording, recordingOf } from '../train/recordings.ts';
import { accuracyText } from './accuracyText.ts';
import { trainByLayers } from './pretraining.ts';
import { atOnceSpec, DEPTH, STAGE_EPOCHS } from './specs.ts';
import { depthTexts } from './texts.ts';

export function Pretraining() {
  const t = depthTexts();
  const [stages, setStages] = useState<readonly Recording[]>([]);
  useEffect(() => {
    let isCurrent = true;
    void trainByLayers((begun) => {
      if (isCurrent) setStages(begun);
    });
    return () => {
      isCurrent = false;
    };
  }, []);
  const atOnce = recordingOf(atOnceSpec);
  const playhead = usePlayhead([atOnce, ...stages.slice(-1)]);
  for (const { version } of stages) version.value;
  const shown = playhead.at / Math.max(1, atOnce.stepsPerEpoch);
  const lines = [
    {
      ...{ name: t.plain, look: 0, dots: true },
      points: atOnce.epochs.map(({ epoch, validationAccuracy }): Point => [epoch, validationAccuracy ?? 0]),
    },
    {
      ...{ name: t.pretrained, look: 1, dots: true },
      points: stages.flatMap(({ epochs }, stage) =>
        epochs.map(
          ({ epoch, validationAccuracy }): Point => [stage * STAGE_EPOCHS + epoch, validationAccuracy ?? 0],
        ),
      ),
    },
  ].map((line) => ({ ...line, points: line.points.filter(([epoch]) => epoch <= shown + 1e-9) }));
  const ends = lines.map(({ points }) => points.at(-1)?.[1] ?? null);
  const told = ends.map(accuracyText);
  const isOver = stages.length === DEPTH && stages.every(({ isOver }) => isOver);
  return (
    <>
      <div
        class="picture"
        data-accuracies={ends.map((end) => end ?? 0).join(' ')}
        data-stages={stages.length}
        data-over={isOver}
      >
        <Plot
          label={t.raceLabel(lines.map(({ name }, i) => `${name} ${told[i]}`).join(', '))}
          x={{ from: 0, to: atOnceSpec.epochs + 0.5, name: t.epochs }}
          y={{ from: 0, to: 1, name: t.accuracyAxis }}
          lines={lines}
          marks={Array.from({ length: DEPTH }, (_, stage) => ({
            ...{ x: stage * STAGE_EPOCHS, tone: 'plain' as const },
            name: stage === 0 ? t.stage(1, DEPTH) : `${stage + 1}`,
          })).filter(({ x }) => x <= shown)}
        />
      </div>
      <div class="controls">
        {lines.map(({ name }, i) => (
          <p key={name} class="reading number">
            {t.reached(name, told[i] ?? '')}
          </p>
        ))}
        <p class="quiet">{t.history}</p>
      </div>
      <PlayControls playhead={playhead} recordings={[atOnce, ...stages]} />
    </>
  );
}
