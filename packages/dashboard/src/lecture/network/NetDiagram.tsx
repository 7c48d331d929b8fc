/** A small network with all of its neurons: weights as lines, what a neuron says as its light. */
import type { Model, TensorInfo } from '@shoal/core';
import { cssColour, signedColour } from '../../model/paint/colours.ts';
import { useTheme } from '../picture/useTheme.ts';

const WIDTH = 640;
const HEIGHT = 420;

type Props = {
  readonly model: Model;
  readonly parameters: Float32Array;
  /** Of each column of neurons, the inputs first. */
  readonly values: readonly ArrayLike<number>[];
  readonly label: string;
  /** Neurons that take no part, by column; the others are whole. */
  readonly out?: ReadonlyMap<number, ArrayLike<number>>;
};

/** The weights between one column of neurons and the next. */
const weightsOf = (model: Model): TensorInfo[] =>
  model.layers.flatMap((layer) => (layer.type === 'dense' ? [layer.weight] : []));

export function NetDiagram({ model, parameters, values, label, out = new Map() }: Props) {
  const theme = useTheme();
  const tensors = weightsOf(model);
  const largest = Math.max(0.5, ...tensors.map((one) => largestIn(parameters, one)));
  const x = (column: number): number => 60 + (column * (WIDTH - 120)) / (values.length - 1);
  const y = (column: number, i: number): number => {
    const count = values[column]?.length ?? 1;
    const gap = Math.min(100, (HEIGHT - 40) / count);
    return HEIGHT / 2 + (i - (count - 1) / 2) * gap;
  };
  const radius = Math.min(26, (HEIGHT - 40) / Math.max(...values.map(({ length }) => length)) / 2.4);
  const isOut = (column: number, i: number): boolean => out.get(column)?.[i] === 1;
  return (
    <svg class="diagram" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      {tensors.map(({ offset, shape: [units, inputs = 1] }, column) =>
        Array.from({ length: units * inputs }, (_, k) => {
          const [to, from] = [Math.floor(k / inputs), k % inputs];
          if (isOut(column, from) || isOut(column + 1, to)) return null;
          const weight = parameters[offset + k] ?? 0;
          return (
            <path
              key={`${column} ${k}`}
              d={`M${x(column)} ${y(column, from)}L${x(column + 1)} ${y(column + 1, to)}`}
              stroke={weight < 0 ? 'var(--series-2)' : 'var(--series-1)'}
              stroke-width={Math.max(0.6, (9 * Math.abs(weight)) / largest)}
              stroke-dasharray={weight < 0 ? '7 5' : ''}
            />
          );
        }),
      )}
      {values.map((column, c) =>
        Array.from(column, (value, i) => (
          <g key={`${c} ${i}`} class={isOut(c, i) ? 'out' : ''}>
            <circle
              cx={x(c)}
              cy={y(c, i)}
              r={radius}
              fill={isOut(c, i) ? 'none' : cssColour(signedColour(theme, Math.max(-1, Math.min(1, value))))}
            />
            {isOut(c, i) ? (
              <path
                class="cross"
                d={`M${x(c) - radius} ${y(c, i) - radius}l${2 * radius} ${2 * radius}m${-2 * radius} 0l${2 * radius} ${-2 * radius}`}
              />
            ) : radius > 14 ? (
              <text
                x={x(c)}
                y={y(c, i)}
                class="middle"
                style={{ fill: Math.abs(value) > 0.6 ? 'var(--page)' : 'var(--text)' }}
              >
                {Number(value.toFixed(1))}
              </text>
            ) : null}
          </g>
        )),
      )}
    </svg>
  );
}

function largestIn(parameters: Float32Array, { offset, length }: TensorInfo): number {
  return parameters.subarray(offset, offset + length).reduce((most, one) => Math.max(most, Math.abs(one)), 0);
}
