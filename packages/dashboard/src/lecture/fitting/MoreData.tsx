/** The same network and as many steps on more and more samples, in one chart. */

import { Plot, type Point } from '../picture/Plot.tsx';
import records from '../presetRecords.json';
import { PlayControls } from '../train/PlayControls.tsx';
import { usePlayhead } from '../train/playhead.ts';
import { recordingOf } from '../train/recordings.ts';
import { AMOUNTS, onSamples } from './specs.ts';
import { fittingTexts } from './texts.ts';

const MNIST = ['mnist-overfit', 'mnist-5000-samples', 'mnist-more-data'] as const;

export function MoreData() {
  const t = fittingTexts();
  const recordings = AMOUNTS.map((amount) => recordingOf(onSamples(amount)));
  const playhead = usePlayhead(recordings);
  const lines = recordings.map((recording, look) => ({
    ...{ name: t.samples((AMOUNTS[look] ?? 0).toLocaleString('en-US')), look, dots: true },
    points: recording
      .epochsAt(playhead.at)
      .map(
        ({ epoch, validationAccuracy }): Point => [epoch * recording.stepsPerEpoch, validationAccuracy ?? 0],
      ),
  }));
  const ends = recordings.map(({ outcome }) => outcome?.testAccuracy ?? null);
  return (
    <>
      <div class="picture" data-accuracies={ends.map((one) => one ?? '').join(' ')}>
        <Plot
          label={t.dataLabel(
            lines.map(({ name, points }) => `${name} ${points.at(-1)?.[1].toFixed(3) ?? ''}`).join(', '),
          )}
          x={{ from: 0, to: playhead.end, name: t.steps }}
          y={{ from: 0.75, to: 1, name: t.accuracyAxis }}
          lines={lines}
        />
      </div>
      <div class="controls">
        <table class="small-table number">
          <caption>{t.testError}</caption>
          <tbody>
            {lines.map(({ name }, i) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{errorText(ends[i] ?? null)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <table class="small-table number quiet">
          <caption>{t.onMnist}</caption>
          <tbody>
            {MNIST.map((name) => (
              <tr key={name}>
                <th scope="row">{t.samples(t.mnistRow[name])}</th>
                <td>{errorText(records[name].result.testAccuracy)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <PlayControls playhead={playhead} recordings={recordings} />
    </>
  );
}

const errorText = (accuracy: number | null): string =>
  accuracy === null ? '–' : `${(100 * (1 - accuracy)).toFixed(1)} %`;
