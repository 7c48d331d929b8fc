/** Where early stopping stops, and what it delivers, for more and less patience. */
import { useState } from 'preact/hooks';
import { Choice } from '../picture/Choice.tsx';
import { Plot, type PlotMark, type Point } from '../picture/Plot.tsx';
import { PlayControls } from '../train/PlayControls.tsx';
import { usePlayhead } from '../train/playhead.ts';
import { recordingOf } from '../train/recordings.ts';
import { byHeart, PATIENCES, stopping } from './specs.ts';
import { fittingTexts } from './texts.ts';

export function EarlyStopping() {
  const t = fittingTexts();
  const [patience, setPatience] = useState<(typeof PATIENCES)[number]>('3');
  const recording = recordingOf(stopping(Number(patience)));
  const endless = recordingOf(byHeart);
  const playhead = usePlayhead([recording, endless]);
  const shown = recording.epochsAt(Math.min(playhead.at, recording.outcome?.steps ?? playhead.at));
  const best = shown.findLast(({ improved }) => improved)?.epoch ?? 0;
  const isStopped = recording.outcome !== null && shown.length === recording.epochs.length;
  const marks: PlotMark[] = [];
  if (best > 0) marks.push({ x: best, name: t.best, tone: 'good' });
  if (isStopped) marks.push({ x: shown.length, name: t.stop, tone: 'warn' });
  const pointOf = ({ epoch, validationLoss }: (typeof shown)[number]): Point => [epoch, validationLoss ?? 0];
  return (
    <>
      <div
        class="picture"
        data-stopped={isStopped ? shown.length : ''}
        data-best={best}
        data-delivered={recording.outcome?.deliveredEpoch ?? ''}
        data-patience={patience}
      >
        <Plot
          label={t.stoppingLabel(isStopped ? String(shown.length) : '–', String(best))}
          x={{ from: 1, to: byHeart.epochs, name: t.epochs }}
          y={{ from: 0, to: 2, name: t.loss }}
          lines={[
            { name: t.goesOn, look: 1, faint: true, points: endless.epochsAt(playhead.at).map(pointOf) },
            { name: t.held, look: 1, points: shown.map(pointOf) },
            {
              name: t.training,
              look: 0,
              points: shown.map(({ epoch, trainLoss }): Point => [epoch, trainLoss]),
            },
          ]}
          marks={marks}
        />
      </div>
      <div class="controls">
        <Choice
          name={t.patience}
          options={PATIENCES.map((one) => [one, one] as const)}
          value={patience}
          onChange={setPatience}
        />
        <p class="reading">{isStopped ? t.stoppedAt(shown.length, best) : t.stillWatching}</p>
      </div>
      <PlayControls playhead={playhead} recordings={[recording]} />
    </>
  );
}
