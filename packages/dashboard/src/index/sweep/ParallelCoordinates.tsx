/** The trials of a sweep as lines across one axis for each field that varies, coloured by how good they are. */
import type { SweepView, TrialView } from '@shoal/core';
import { useRef } from 'preact/hooks';
import { significant } from '../format.ts';
import { AxisRange } from './AxisRange.tsx';
import { type Axis, axesOf, placesOf, shownValue, toneOf } from './coordinates.ts';
import { isKept, type Ranges, stopsOf, WHOLE, withRange } from './ranges.ts';
import { sweepTexts } from './texts.ts';

const AXIS_GAP = 260;
const HEIGHT = 300;
const TOP = 44;
const BOTTOM = 16;
const LEFT = 96;
const RIGHT = 96;

type Props = {
  readonly view: SweepView;
  /** Number of the trial that is brought out. */
  readonly shown: number | null;
  readonly onShow: (trial: number | null) => void;
  /** What of each axis is kept. */
  readonly ranges: Ranges;
  readonly onRanges: (ranges: Ranges) => void;
};

const saidOf = (trial: TrialView, view: SweepView): string => {
  const t = sweepTexts();
  const values = view.fields.map(({ path }) => `${path} ${shownValue(trial.values[path])}`).join(', ');
  return t.shown(trial.number, values, `${t.metrics[view.metric]} ${significant(trial.figure)}`);
};

export function ParallelCoordinates({ view, shown, onShow, ranges, onRanges }: Props) {
  const t = sweepTexts();
  const drawing = useRef<SVGSVGElement>(null);
  const axes = axesOf(view);
  const labels = [...view.fields.map(({ path }) => path), t.metrics[view.metric]];
  const width = LEFT + RIGHT + AXIS_GAP * (axes.length - 1);
  const figures = view.table.flatMap(({ figure }) => figure ?? []);
  const drawn = view.table.filter(({ figure }) => figure !== null);
  const begun = drawn.filter((trial) => isKept(axes, ranges, trial));
  // The one that is brought out is drawn last, above all others.
  const ordered = [...drawn].sort((a, b) => weight(a, view, shown) - weight(b, view, shown));
  const trial = begun.find(({ number }) => number === shown);
  const keptCount = view.table.filter((one) => isKept(axes, ranges, one)).length;
  const told = [...ranges].map(([index, { from, to }]) =>
    t.within(labels[index] ?? '', axes[index]?.textAt(from) ?? '', axes[index]?.textAt(to) ?? ''),
  );
  const placeAt = ({ clientY }: PointerEvent): number => {
    const { top = 0, height = HEIGHT } = drawing.current?.getBoundingClientRect() ?? {};
    const y = ((clientY - top) * HEIGHT) / height;
    return (yOf(0) - y) / (yOf(0) - yOf(1));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (event.key === 'Escape') onShow(null);
    if (step === undefined || begun.length === 0) return;
    event.preventDefault();
    const at = begun.findIndex(({ number }) => number === shown);
    const next = at === -1 ? (step > 0 ? 0 : begun.length - 1) : (at + step + begun.length) % begun.length;
    onShow(begun[next]?.number ?? null);
  };
  return (
    <figure class="coordinates">
      <figcaption>
        <h3>{t.coordinates}</h3>
        <p class="quiet">{t.coordinatesHint}</p>
      </figcaption>
      {/* biome-ignore lint/a11y/useSemanticElements: no element of HTML is a drawing that arrow keys go through */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys bring out one trial after another */}
      <div class="scroll" role="group" tabIndex={0} aria-label={t.lines(begun.length)} onKeyDown={onKeyDown}>
        {/* biome-ignore lint/a11y/noSvgWithoutTitle: the group around it has the name, and its parts have theirs */}
        <svg ref={drawing} width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`}>
          {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: nobody can focus a group of SVG */}
          <g aria-hidden="true">
            {ordered.map((one) =>
              begun.includes(one) ? (
                // biome-ignore lint/a11y/noStaticElementInteractions: a pointer does here what arrow keys do above
                <polyline
                  key={one.number}
                  class={classOf(one, view, shown, toneOf(one.figure, figures, view.goal))}
                  points={pointsOf(axes, one)}
                  onMouseEnter={() => onShow(one.number)}
                  onMouseLeave={() => onShow(null)}
                />
              ) : (
                <polyline key={one.number} class="trial outside" points={pointsOf(axes, one)} />
              ),
            )}
            {axes.map((axis, index) => (
              <AxisMarks key={axis.path} axis={axis} x={xOf(index)} label={labels[index] ?? ''} />
            ))}
          </g>
          {axes.map((axis, index) => (
            <AxisRange
              key={axis.path}
              axis={axis}
              label={labels[index] ?? ''}
              x={xOf(index)}
              range={ranges.get(index) ?? null}
              stops={stopsOf(axes, index, view.table)}
              yOf={yOf}
              placeAt={placeAt}
              onRange={(range) => onRanges(withRange(ranges, index, range ?? WHOLE))}
            />
          ))}
        </svg>
      </div>
      <div class="kept">
        <p role="status">{ranges.size === 0 ? '' : t.kept(keptCount, view.table.length, told)}</p>
        {ranges.size === 0 ? null : (
          <button type="button" onClick={() => onRanges(new Map())}>
            {t.keepAll}
          </button>
        )}
      </div>
      <p role="status" class="quiet">
        {trial === undefined ? t.nothingShown : saidOf(trial, view)}
      </p>
    </figure>
  );
}

function AxisMarks({ axis, x, label }: { readonly axis: Axis; readonly x: number; readonly label: string }) {
  const t = sweepTexts();
  return (
    <g class="axis">
      <text class="label" x={x} y={16} text-anchor="middle">
        {label}
      </text>
      {axis.isLog ? (
        <text x={x} y={32} text-anchor="middle">
          {t.logarithmic}
        </text>
      ) : null}
      <line x1={x} x2={x} y1={yOf(0)} y2={yOf(1)} />
      {axis.ticks.map(({ at, text }) => (
        <g key={text}>
          <line x1={x - 5} x2={x} y1={yOf(at)} y2={yOf(at)} />
          <text x={x - 16} y={yOf(at) + 4} text-anchor="end">
            {text}
          </text>
        </g>
      ))}
    </g>
  );
}

const xOf = (axis: number): number => LEFT + axis * AXIS_GAP;
const yOf = (place: number): number => HEIGHT - BOTTOM - place * (HEIGHT - TOP - BOTTOM);

const pointsOf = (axes: readonly Axis[], trial: TrialView): string =>
  placesOf(axes, trial)
    .flatMap((place, index) => (place === null ? [] : `${xOf(index)},${yOf(place).toFixed(1)}`))
    .join(' ');

const weight = ({ number }: TrialView, { best }: SweepView, shown: number | null): number =>
  number === shown ? 2 : number === best ? 1 : 0;

function classOf(
  { number }: TrialView,
  { best }: SweepView,
  shown: number | null,
  tone: number | null,
): string {
  const marks = [
    number === best ? 'best' : '',
    number === shown ? 'shown' : '',
    shown !== null && number !== shown ? 'dim' : '',
  ];
  return ['trial', `tone-${tone ?? 0}`, ...marks].filter((word) => word !== '').join(' ');
}
