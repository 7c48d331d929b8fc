/** Rosenblatt's rule, a sample at a time: a run of the presets, whose every step is one sample. */
import { compileModel, epochOrder, findPreset, type TableName, tableDataSet, valuesOf } from '@shoal/core';
import { useMemo, useState } from 'preact/hooks';
import { Choice } from '../picture/Choice.tsx';
import { Plane } from '../picture/Plane.tsx';
import { short } from '../picture/Slider.tsx';
import { useGrid } from '../picture/useGrid.ts';
import { PlayControls } from '../train/PlayControls.tsx';
import { usePlayhead } from '../train/playhead.ts';
import { recordingOf } from '../train/recordings.ts';
import { neuronTexts } from './texts.ts';

const TABLES = ['and', 'or'] as const;

export function Perceptron() {
  const t = neuronTexts();
  const [table, setTable] = useState<(typeof TABLES)[number]>('and');
  return (
    <Learning key={table} table={table}>
      <Choice
        name={t.table}
        options={TABLES.map((one) => [one, t.gateNames[one]] as const)}
        value={table}
        onChange={setTable}
      />
    </Learning>
  );
}

export function Xor() {
  const t = neuronTexts();
  return (
    <Learning table="xor">
      <p class="quiet">{t.never}</p>
    </Learning>
  );
}

type LearningProps = { readonly table: TableName; readonly children: preact.ComponentChildren };

/** What the neuron's sum is for a sample, with the bias as the last parameter. */
function sumOf(parameters: Float32Array, input: ArrayLike<number>): number {
  let sum = parameters[parameters.length - 1] ?? 0;
  for (let i = 0; i < input.length; i += 1) sum += (parameters[i] ?? 0) * (input[i] ?? 0);
  return sum;
}

function Learning({ table, children }: LearningProps) {
  const t = neuronTexts();
  const spec = useMemo(() => findPreset(`perceptron-${table}`), [table]);
  const model = useMemo(() => compileModel(spec.model), [spec]);
  const samples = useMemo(() => tableDataSet(table).train, [table]);
  const recordings = [recordingOf(spec)];
  const playhead = usePlayhead(recordings, 'slowest');
  const [recording] = recordings as [(typeof recordings)[0]];
  const now = recording.stateAt(playhead.at);
  const parameters = now?.parameters ?? null;
  const before = recording.stateAt(playhead.at - 1)?.parameters ?? null;
  const grid = useGrid(model, parameters);
  const right = parameters === null ? 0 : samples.count - wrongOf(parameters);
  function wrongOf(held: Float32Array): number {
    return Array.from(samples.targets.values).filter(
      (label, i) => (sumOf(held, valuesOf(samples.inputs, i)) >= 0 ? 1 : 0) !== label,
    ).length;
  }
  return (
    <>
      <div class="picture" data-right={right} data-step={playhead.at} data-epochs={recording.epochs.length}>
        <Plane
          model={model}
          parameters={parameters}
          grid={grid}
          samples={samples}
          label={t.planeLabel(right, samples.count)}
        />
      </div>
      <div class="controls">
        {children}
        <p class="reading" aria-live="polite">
          {playhead.at === 0 || before === null ? t.begin : why(before, playhead.at)}
        </p>
        <p class={right === samples.count ? 'right number' : 'wrong number'}>
          {right === samples.count ? t.allRight : t.stillWrong(samples.count - right)}
          {parameters === null
            ? null
            : ` · ω₁\u00a0=\u00a0${short(parameters[0] ?? 0)}, ω₂\u00a0=\u00a0${short(parameters[1] ?? 0)}, θ\u00a0=\u00a0${short(-(parameters[2] ?? 0))}`}
        </p>
      </div>
      <PlayControls playhead={playhead} recordings={recordings} />
    </>
  );

  /** What the latest step looked at, and what it did. */
  function why(held: Float32Array, at: number): string {
    const epoch = Math.floor((at - 1) / samples.count);
    const number = epochOrder(spec, epoch, samples.count)[(at - 1) % samples.count] ?? 0;
    const input = valuesOf(samples.inputs, number);
    const label = samples.targets.values[number] ?? 0;
    const sum = sumOf(held, input);
    const said = sum >= 0 ? 1 : 0;
    const told =
      said === label
        ? t.rightAnswer(short(sum), said)
        : said === 1
          ? t.wrongHigh(short(sum))
          : t.wrongLow(short(sum));
    return `${t.pass(epoch + 1)} · ${t.sample([...input].join(', '), label)}${told}`;
  }
}
