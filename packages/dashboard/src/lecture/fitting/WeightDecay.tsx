/** The histogram of a network's weights as it trains, with weight decay and without. */
import { compileModel } from '@shoal/core';
import { useState } from 'preact/hooks';
import { Choice } from '../picture/Choice.tsx';
import { Plot, type Point } from '../picture/Plot.tsx';
import { PlayControls } from '../train/PlayControls.tsx';
import { usePlayhead } from '../train/playhead.ts';
import { recordingOf } from '../train/recordings.ts';
import { DECAYS, decaying } from './specs.ts';
import { fittingTexts } from './texts.ts';

const REACH = 0.25;
const BINS = 50;
const tensor = compileModel(decaying(0).model).tensors[0];
const [OFFSET, LENGTH] = [tensor?.offset ?? 0, tensor?.length ?? 0];

/** Of the first layer's weights: the outline of a histogram, and their mean size. */
function spreadOf(parameters: Float32Array): { readonly outline: Point[]; readonly size: number } {
  const counts = new Uint32Array(BINS);
  let size = 0;
  for (const weight of parameters.subarray(OFFSET, OFFSET + LENGTH)) {
    size += Math.abs(weight) / LENGTH;
    const bin = Math.floor(((weight + REACH) / (2 * REACH)) * BINS);
    if (bin >= 0 && bin < BINS) counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const outline: Point[] = [];
  counts.forEach((count, bin) => {
    const at = (edge: number): number => -REACH + (2 * REACH * edge) / BINS;
    outline.push([at(bin), count], [at(bin + 1), count]);
  });
  return { outline, size };
}

export function WeightDecay() {
  const t = fittingTexts();
  const [lambda, setLambda] = useState<(typeof DECAYS)[number]>('0.003');
  const recordings = [recordingOf(decaying(0)), recordingOf(decaying(Number(lambda)))];
  const playhead = usePlayhead(recordings);
  const names = [t.without, t.with(lambda)];
  const spreads = recordings.map((recording) => {
    const state = recording.stateAt(playhead.at);
    return state === null ? null : spreadOf(state.parameters);
  });
  const most = Math.max(600, ...spreads.flatMap((one) => one?.outline.map(([, count]) => count) ?? []));
  const told = names.map((name, i) => t.width(name, spreads[i]?.size.toFixed(4) ?? '–'));
  const base: readonly Point[] = [
    [-REACH, 0],
    [REACH, 0],
  ];
  return (
    <>
      <div class="picture" data-sizes={spreads.map((one) => one?.size ?? '').join(' ')} data-at={playhead.at}>
        <Plot
          label={t.histogramLabel(told.join('; '))}
          x={{ from: -REACH, to: REACH, name: t.weightAxis }}
          y={{ from: 0, to: most, name: t.countAxis }}
          gaps={spreads[1] == null ? [] : [{ upper: spreads[1].outline, lower: base }]}
          lines={names.map((name, look) => ({ name, look, points: spreads[look]?.outline ?? [] }))}
        />
      </div>
      <div class="controls">
        <Choice
          name={t.lambda}
          options={DECAYS.map((one) => [one, one] as const)}
          value={lambda}
          onChange={setLambda}
        />
        {told.map((line) => (
          <p key={line} class="number reading">
            {line}
          </p>
        ))}
      </div>
      <PlayControls playhead={playhead} recordings={recordings} />
    </>
  );
}
