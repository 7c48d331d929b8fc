/** The slopes that PReLU learns below zero, as they are learned; and what its kin reach meanwhile. */
import { compileModel } from '@shoal/core';
import { Plot, type Point } from '../picture/Plot.tsx';
import { PlayControls } from '../train/PlayControls.tsx';
import { usePlayhead } from '../train/playhead.ts';
import { recordingOf } from '../train/recordings.ts';
import { accuracyText } from './accuracyText.ts';
import { deepSpec } from './specs.ts';
import { depthTexts } from './texts.ts';

const SHOWN = ['prelu', 'relu', 'leaky_relu'] as const;
const places = compileModel(deepSpec('prelu').model)
  .tensors.filter(({ role }) => role === 'slope')
  .map(({ offset }) => offset);

export function Rectifiers() {
  const t = depthTexts();
  const recordings = SHOWN.map((type) => recordingOf(deepSpec(type)));
  const playhead = usePlayhead(recordings);
  const states = recordings[0]?.states.filter(({ step }) => step <= playhead.at) ?? [];
  const lines = places.map((offset, look) => ({
    ...{ name: t.alphaOf(look + 1), look },
    points: states.map(({ step, parameters }): Point => [step, parameters[offset] ?? 0]),
  }));
  const now = lines.map(({ points }) => points.at(-1)?.[1] ?? 0.25);
  const [low, high] = [Math.min(...now), Math.max(...now)];
  const written = (value: number): string => value.toFixed(2).replace('-', '−');
  return (
    <>
      <div class="picture" data-alphas={now.join(' ')} data-at={playhead.at}>
        <Plot
          label={t.alphasLabel(now.map(written).join(', '))}
          x={{ from: 0, to: playhead.end, name: t.steps }}
          y={{ from: -0.4, to: 0.9, name: t.alphas }}
          lines={lines}
        />
      </div>
      <div class="controls">
        <p class="reading number">{t.moved(written(low), written(high))}</p>
        <table class="small-table number">
          <caption>{t.accuracies}</caption>
          <tbody>
            {SHOWN.map((type, i) => {
              const accuracy = recordings[i]?.epochsAt(playhead.at).at(-1)?.validationAccuracy ?? null;
              return (
                <tr key={type}>
                  <th scope="row">{t.names[type]}</th>
                  <td>{accuracyText(accuracy)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <PlayControls playhead={playhead} recordings={recordings} />
    </>
  );
}
