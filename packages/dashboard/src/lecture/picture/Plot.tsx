/** A chart for the last row: thick lines in the page's colours and dashes, large letters, areas between lines. */
import type { ComponentChildren } from 'preact';
import { COLOURS, colourOf, dashOf } from '../../index/charts/chart.ts';
import { type Axis, freeRows, lettersOf, partOf, ticksOf, tickText } from './scale.ts';
import { useSize } from './useSize.ts';

export type Point = readonly [x: number, y: number];

export type PlotLine = {
  readonly name: string;
  readonly points: readonly Point[];
  /** Number of its colour and dash. */
  readonly look: number;
  readonly dots?: boolean;
  readonly faint?: boolean;
};

/** The area between two lines over the same places. */
export type Gap = { readonly upper: readonly Point[]; readonly lower: readonly Point[] };

export type PlotMark = {
  readonly x: number;
  readonly name: string;
  readonly tone: 'good' | 'warn' | 'plain';
};

type Props = {
  /** What it shows, for those who do not see it. */
  readonly label: string;
  readonly x: Axis & { readonly name: string };
  readonly y: Axis & { readonly name: string };
  readonly lines: readonly PlotLine[];
  readonly gaps?: readonly Gap[];
  readonly marks?: readonly PlotMark[];
  /** Further shapes, placed by the same axes. */
  readonly children?: (place: Place) => ComponentChildren;
  readonly onPress?: (x: number, y: number) => void;
};

export type Place = { readonly x: (value: number) => number; readonly y: (value: number) => number };

/** As the page's charts: after a round of colours the dashes are others. */
const strokeOf = (look: number) => `var(${colourOf(look)})`;

export function Plot({ label, x, y, lines, gaps = [], marks = [], children, onPress }: Props) {
  const { place, width, height, letter } = useSize<HTMLDivElement>();
  const left = 4.1 * letter;
  const right = width - 0.8 * letter;
  const top = (marks.length > 0 ? 1.8 : 0.8) * letter;
  const bottom = height - 2.9 * letter;
  const at: Place = {
    x: (value) => left + partOf(x, value) * (right - left),
    y: (value) => bottom - partOf(y, value) * (bottom - top),
  };
  const pathOf = (points: readonly Point[]): string =>
    points
      .filter(([, value]) => Number.isFinite(value))
      .map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${at.x(px).toFixed(1)} ${at.y(py).toFixed(1)}`)
      .join('');
  const isDrawn = width > 0 && height > 0;
  const nameAt = (where: number, name: string): number =>
    Math.min(at.x(where) + 0.3 * letter, right - letter * lettersOf(name));
  const rows = freeRows(
    marks.map(({ x: where, name }) => {
      const from = nameAt(where, name);
      return [from, from + letter * lettersOf(name)];
    }),
  );
  return (
    <figure class="plot">
      <div class="plot-place" ref={place}>
        {isDrawn ? (
          // biome-ignore lint/a11y/useKeyWithClickEvents: what a press chooses can be chosen by sliders as well
          <svg
            width={width}
            height={height}
            role="img"
            aria-label={label}
            onClick={
              onPress === undefined
                ? undefined
                : (event) => {
                    const box = event.currentTarget.getBoundingClientRect();
                    const across = (event.clientX - box.left - left) / (right - left);
                    const up = (bottom - (event.clientY - box.top)) / (bottom - top);
                    onPress(x.from + across * (x.to - x.from), y.from + up * (y.to - y.from));
                  }
            }
          >
            <g class="grid">
              {ticksOf(y, Math.max(2, Math.floor((bottom - top) / (2.6 * letter)))).map((tick) => (
                <g key={tick}>
                  <path d={`M${left} ${at.y(tick)}H${right}`} />
                  <text x={left - 0.4 * letter} y={at.y(tick)} class="tick end">
                    {tickText(tick, y.log)}
                  </text>
                </g>
              ))}
              {ticksOf(x, Math.max(2, Math.floor((right - left) / (4.5 * letter)))).map((tick) => (
                <g key={tick}>
                  <path d={`M${at.x(tick)} ${top}V${bottom}`} />
                  <text
                    x={at.x(tick)}
                    y={bottom + 1 * letter}
                    class={`tick ${at.x(tick) > right - letter ? 'end' : 'middle'}`}
                  >
                    {tickText(tick, x.log)}
                  </text>
                </g>
              ))}
            </g>
            <text x={(left + right) / 2} y={height - 0.55 * letter} class="axis middle">
              {x.name}
            </text>
            <text
              x={0}
              y={0}
              class="axis middle"
              transform={`translate(${0.75 * letter} ${(top + bottom) / 2}) rotate(-90)`}
            >
              {y.name}
            </text>
            {gaps
              .filter(({ upper }) => upper.length > 1)
              .map(({ upper, lower }, i) => (
                <path
                  key={i}
                  class="gap"
                  d={`${pathOf(upper)}${pathOf([...lower].reverse()).replace('M', 'L')}Z`}
                />
              ))}
            {marks.map(({ x: where, name, tone }, i) => (
              <g key={name} class={`mark ${tone}`}>
                <path d={`M${at.x(where)} ${top}V${bottom}`} />
                <text x={nameAt(where, name)} y={(0.8 + 1.1 * (rows[i] ?? 0)) * letter} class="tick">
                  {name}
                </text>
              </g>
            ))}
            {lines.map(({ name, points, look, dots = false, faint = false }) => (
              <g key={name} class={faint ? 'line faint' : 'line'} style={{ color: strokeOf(look) }}>
                <path d={pathOf(points)} stroke-dasharray={faint ? '' : dashOf(look).join(' ')} />
                {dots
                  ? points.map(([px, py]) => (
                      <circle key={px} cx={at.x(px)} cy={at.y(py)} r={0.28 * letter} />
                    ))
                  : null}
              </g>
            ))}
            {children?.(at)}
          </svg>
        ) : null}
      </div>
      <Legend lines={lines} />
    </figure>
  );
}

function Legend({ lines }: { readonly lines: readonly PlotLine[] }) {
  const named = lines.filter(({ faint, name }) => faint !== true && name !== '');
  if (named.length < 2) return null;
  return (
    <figcaption class="legend-large">
      {named.map(({ name, look }) => (
        <span key={name} style={{ color: strokeOf(look) }}>
          <svg viewBox="0 0 40 12" aria-hidden="true">
            <path d="M0 6H40" stroke-dasharray={dashOf(look).join(' ')} />
          </svg>
          <span>{name}</span>
        </span>
      ))}
    </figcaption>
  );
}

/** Looks that are told apart without a legend's help. */
export const LOOKS = COLOURS;
