/** The same network on more and more samples, in one chart: trained in the page, or on MNIST with the release. */
import { findPreset } from '@shoal/core';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Choice } from '../picture/Choice.tsx';
import { Plot, type Point } from '../picture/Plot.tsx';
import records from '../presetRecords.json';
import { PlayControls } from '../train/PlayControls.tsx';
import { usePlayhead } from '../train/playhead.ts';
import { recordingOf } from '../train/recordings.ts';
import { AMOUNTS, onSamples } from './specs.ts';
import { fittingTexts } from './texts.ts';

const MNIST = ['mnist-overfit', 'mnist-5000-samples', 'mnist-more-data'] as const;
const MNIST_SAMPLES = 55_000;

type Shown = 'page' | 'mnist';

export function MoreData() {
  const t = fittingTexts();
  const [shown, show] = useState<Shown>('page');
  const choice = (
    <Choice
      name={t.show}
      options={[
        ['page', t.showsPage],
        ['mnist', t.showsRuns],
      ]}
      value={shown}
      onChange={show}
    />
  );
  return shown === 'page' ? <InPage choice={choice} /> : <OnMnist choice={choice} />;
}

type Props = { readonly choice: ComponentChildren };

/** As many steps on each. */
function InPage({ choice }: Props) {
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
      <Chart lines={lines} ends={ends} last={playhead.end} />
      <div class="controls">
        {choice}
        <Errors caption={t.testError} names={lines.map(({ name }) => name)} ends={ends} />
      </div>
      <PlayControls playhead={playhead} recordings={recordings} />
    </>
  );
}

/** Each for the epochs of its preset. */
function OnMnist({ choice }: Props) {
  const t = fittingTexts();
  const lines = MNIST.map((name, look) => {
    const { data, batch } = findPreset(name);
    const samples = ('limit' in data ? data.limit : null) ?? MNIST_SAMPLES;
    return {
      ...{ name: t.samples(samples.toLocaleString('en-US')), look, dots: true },
      points: records[name].validationAccuracy.map(
        (accuracy, epoch): Point => [(epoch + 1) * Math.ceil(samples / batch), accuracy],
      ),
    };
  });
  const ends = MNIST.map((name) => records[name].result.testAccuracy);
  return (
    <>
      <Chart
        lines={lines}
        ends={ends}
        last={Math.max(...lines.map(({ points }) => points.at(-1)?.[0] ?? 0))}
      />
      <div class="controls">
        {choice}
        <Errors caption={`${t.testError} · ${t.onMnist}`} names={lines.map(({ name }) => name)} ends={ends} />
      </div>
    </>
  );
}

type ChartProps = {
  readonly lines: readonly {
    readonly name: string;
    readonly look: number;
    readonly dots: boolean;
    readonly points: readonly Point[];
  }[];
  readonly ends: readonly (number | null)[];
  /** Step. */
  readonly last: number;
};

function Chart({ lines, ends, last }: ChartProps) {
  const t = fittingTexts();
  return (
    <div
      class="picture"
      data-accuracies={ends.map((one) => one ?? '').join(' ')}
      data-names={lines.map(({ name }) => name).join('; ')}
    >
      <Plot
        label={t.dataLabel(
          lines.map(({ name, points }) => `${name} ${points.at(-1)?.[1].toFixed(3) ?? ''}`).join(', '),
        )}
        x={{ from: 0, to: last, name: t.steps }}
        y={{ from: 0.75, to: 1, name: t.accuracyAxis }}
        lines={lines}
      />
    </div>
  );
}

type ErrorsProps = {
  readonly caption: string;
  readonly names: readonly string[];
  readonly ends: readonly (number | null)[];
};

function Errors({ caption, names, ends }: ErrorsProps) {
  return (
    <table class="small-table number">
      <caption>{caption}</caption>
      <tbody>
        {names.map((name, i) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{errorText(ends[i] ?? null)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const errorText = (accuracy: number | null): string =>
  accuracy === null ? '–' : `${(100 * (1 - accuracy)).toFixed(1)} %`;
