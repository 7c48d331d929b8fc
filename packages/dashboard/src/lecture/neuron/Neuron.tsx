/** The M-P neuron: weights, threshold and inputs that can be moved, and an answer that is 0 or 1. */
import { activationOf, findPreset, type TableName, tableDataSet } from '@shoal/core';
import { useMemo, useState } from 'preact/hooks';
import { Choice } from '../picture/Choice.tsx';
import { Slider, short } from '../picture/Slider.tsx';
import { useRecordings } from '../train/playhead.ts';
import { type Recording, recordingOf } from '../train/recordings.ts';
import { neuronTexts } from './texts.ts';

type Gate = Exclude<TableName, 'xor'>;
type Weights = { readonly w: readonly [number, number]; readonly threshold: number };

/** As on the slides. */
export const GIVEN: Readonly<Record<Gate, Weights>> = {
  and: { w: [1, 1], threshold: 2 },
  or: { w: [1, 1], threshold: 0.5 },
  not: { w: [-0.6, 0], threshold: -0.5 },
};
const GATES = ['and', 'or', 'not'] as const;
const STEP = activationOf('step');
const ROWS = [0, 1, 2, 3].map((row) => [row >> 1, row & 1] as const);

/** What the gate says of both inputs; NOT looks at the first alone. */
const wantedOf = (gate: Gate, [x1, x2]: readonly [number, number]): number =>
  tableDataSet(gate).train.targets.values[gate === 'not' ? x1 : 2 * x1 + x2] ?? 0;

const sumOf = ({ w, threshold }: Weights, [x1, x2]: readonly [number, number]): number =>
  // In the numbers that the sliders stand at, so that 0.1 + 0.2 reaches 0.3.
  Number((w[0] * x1 + w[1] * x2 - threshold).toFixed(9));

/** The weights that the perceptron has come to; null as long as it learns. */
function learnedOf(recording: Recording): Weights | null {
  const parameters = recording.outcome?.parameters;
  if (parameters === undefined) return null;
  const bias = parameters[parameters.length - 1] ?? 0;
  return { w: [parameters[0] ?? 0, parameters.length > 2 ? (parameters[1] ?? 0) : 0], threshold: -bias };
}

export function Neuron() {
  const t = neuronTexts();
  const [gate, setGate] = useState<Gate>('and');
  const [source, setSource] = useState<'given' | 'learned'>('given');
  const [moved, move] = useState<Weights | null>(null);
  const [x, setX] = useState<readonly [number, number]>([1, 1]);
  const recordings = useMemo(() => GATES.map((one) => recordingOf(findPreset(`perceptron-${one}`))), []);
  useRecordings(recordings);
  const learned = learnedOf(recordings[GATES.indexOf(gate)] as Recording);
  const weights = moved ?? (source === 'learned' && learned !== null ? learned : GIVEN[gate]);
  const answers = ROWS.map((row) => STEP.value(sumOf(weights, row)));
  const right = ROWS.filter((row, i) => answers[i] === wantedOf(gate, row)).length;
  const weight = (i: 0 | 1, value: number): void =>
    move({ ...weights, w: i === 0 ? [value, weights.w[1]] : [weights.w[0], value] });
  const sum = sumOf(weights, x);
  return (
    <>
      <div
        class="picture neuron-picture"
        data-answers={answers.join('')}
        data-right={right}
        data-answer={STEP.value(sum)}
      >
        <Diagram weights={weights} x={x} sum={sum} label={t.neuronLabel(short(sum), STEP.value(sum))} />
        <table class="truth number">
          <thead>
            <tr>
              <th scope="col">x₁</th>
              <th scope="col">x₂</th>
              <th scope="col">{t.wanted}</th>
              <th scope="col">{t.answer}</th>
            </tr>
          </thead>
          <tbody>
            {ROWS.map((row, i) => (
              <tr key={i} class={row[0] === x[0] && row[1] === x[1] ? 'here' : ''}>
                <td>{row[0]}</td>
                <td>{row[1]}</td>
                <td>{wantedOf(gate, row)}</td>
                <td class={answers[i] === wantedOf(gate, row) ? 'right' : 'wrong'}>
                  {answers[i]} {answers[i] === wantedOf(gate, row) ? '✓' : '✗'}
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <td colSpan={4}>{t.rightRows(right, 4)}</td>
            </tr>
          </tfoot>
        </table>
      </div>
      <div class="controls">
        <Choice
          name={t.gates}
          options={GATES.map((one) => [one, t.gateNames[one]] as const)}
          value={gate}
          onChange={(chosen) => {
            setGate(chosen);
            move(null);
          }}
        />
        <Choice
          name={t.source}
          options={[
            ['given', t.sources.given],
            ['learned', t.sources.learned],
          ]}
          value={moved === null ? source : null}
          onChange={(chosen) => {
            setSource(chosen);
            move(null);
          }}
        />
        <div class="row">
          {([0, 1] as const).map((i) => (
            <label key={i} class="row">
              <input
                type="checkbox"
                checked={x[i] === 1}
                onChange={(event) => {
                  const on = event.currentTarget.checked ? 1 : 0;
                  setX(i === 0 ? [on, x[1]] : [x[0], on]);
                }}
              />
              {t.input(i + 1)}
            </label>
          ))}
        </div>
        <Slider
          name={t.weight(1)}
          value={weights.w[0]}
          min={-3}
          max={3}
          step={0.1}
          onChange={(value) => weight(0, value)}
        />
        <Slider
          name={t.weight(2)}
          value={weights.w[1]}
          min={-3}
          max={3}
          step={0.1}
          onChange={(value) => weight(1, value)}
        />
        <Slider
          name={t.threshold}
          value={weights.threshold}
          min={-3}
          max={3}
          step={0.1}
          onChange={(threshold) => move({ ...weights, threshold })}
        />
      </div>
    </>
  );
}

type DiagramProps = {
  readonly weights: Weights;
  readonly x: readonly [number, number];
  readonly sum: number;
  readonly label: string;
};

/** Inputs at the left, the cell with its step in the middle, the answer at the right; what is 1 is lit. */
function Diagram({ weights, x, sum, label }: DiagramProps) {
  const t = neuronTexts();
  const answer = STEP.value(sum);
  const threshold = 300 + Math.min(Math.max(sum, -1.5), 1.5) * 40;
  return (
    <svg class="neuron" viewBox="0 0 600 330" role="img" aria-label={label}>
      {([0, 1] as const).map((i) => {
        const y = 90 + 150 * i;
        const w = weights.w[i];
        return (
          <g key={i} class={x[i] === 1 ? 'lit' : ''}>
            <path
              class={w < 0 ? 'edge minus' : 'edge'}
              d={`M90 ${y}L210 165`}
              style={{ strokeWidth: `${2 + 5 * Math.min(Math.abs(w), 3)}px` }}
            />
            <circle class="cell" cx="60" cy={y} r="34" />
            <text x="60" y={y} class="middle value">
              {x[i]}
            </text>
            <text x={150} y={y + (i === 0 ? -14 : 26)} class="middle">
              ω{'₁₂'[i]} = {short(w)}
            </text>
          </g>
        );
      })}
      <g class={answer === 1 ? 'lit' : ''}>
        <circle class="cell" cx="300" cy="165" r="92" />
        <path class="step" d="M235 195H300V130H365" />
        <circle class="now" cx={threshold} cy={answer === 1 ? 130 : 195} r="9" />
        <path class="edge" d="M392 165H478" style={{ strokeWidth: '6px' }} />
        <circle class="cell" cx="520" cy="165" r="42" />
        <text x="520" y="165" class="middle value">
          {answer}
        </text>
      </g>
      <text x="300" y="36" class="middle">
        Σ − θ = {short(sum)}
      </text>
      <text x="300" y="228" class="middle small">
        θ = {short(weights.threshold)}
      </text>
      <text x="520" y="250" class="middle small">
        {answer === 1 ? t.fires : t.silent}
      </text>
    </svg>
  );
}
