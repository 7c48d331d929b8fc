/** Five optimizers train the same network on the same digits, in one chart. */
import { useState } from 'preact/hooks';
import { RULES, type RuleName } from '../../index/race/rules.ts';
import { Choice } from '../picture/Choice.tsx';
import { Plot, type Point } from '../picture/Plot.tsx';
import { axisAround } from '../picture/scale.ts';
import { PlayControls } from '../train/PlayControls.tsx';
import { usePlayhead } from '../train/playhead.ts';
import { recordingOf } from '../train/recordings.ts';
import { RACE } from './race.ts';
import { descentTexts } from './texts.ts';

export function Optimizers() {
  const t = descentTexts();
  const [shown, show] = useState<'accuracy' | 'loss'>('accuracy');
  const recordings = RACE.map((spec) => recordingOf(spec));
  const playhead = usePlayhead(recordings);
  const lines = recordings.map((recording, look) => ({
    ...{ name: t.rules[RULES[look] as RuleName], look, dots: true },
    points: recording
      .epochsAt(playhead.at)
      .map(
        (epoch): Point => [epoch.epoch, shown === 'loss' ? epoch.trainLoss : (epoch.validationAccuracy ?? 0)],
      ),
  }));
  const all = recordings.flatMap(({ epochs }) =>
    epochs.map((epoch) => (shown === 'loss' ? epoch.trainLoss : (epoch.validationAccuracy ?? 0))),
  );
  const told = lines.map(({ name, points }) => `${name} ${points.at(-1)?.[1].toFixed(3) ?? ''}`).join(', ');
  return (
    <>
      <div
        class="picture"
        data-lines={lines.map(({ points }) => points.length).join(' ')}
        data-runs={recordings.length}
      >
        <Plot
          label={t.raceLabel(told)}
          x={{ from: 0.7, to: 6.3, name: t.epochs }}
          y={{ ...axisAround(all), name: shown === 'loss' ? t.trainingLoss : t.accuracyAxis }}
          lines={lines}
        />
      </div>
      <div class="controls">
        <Choice
          name={t.show}
          options={[
            ['accuracy', t.shows.accuracy],
            ['loss', t.shows.loss],
          ]}
          value={shown}
          onChange={show}
        />
        <ol class="ranking">
          {lines
            .map(({ name, points }) => ({ name, value: points.at(-1)?.[1] ?? Number.NaN }))
            .sort((a, b) => (shown === 'loss' ? a.value - b.value : b.value - a.value))
            // A place keeps its row: Chromium goes on counting rows that are moved.
            .map(({ name, value }, place) => (
              <li key={place}>
                {name} <b class="number">{Number.isNaN(value) ? '–' : value.toFixed(3)}</b>
              </li>
            ))}
        </ol>
      </div>
      <PlayControls playhead={playhead} recordings={recordings} opensAll />
    </>
  );
}
