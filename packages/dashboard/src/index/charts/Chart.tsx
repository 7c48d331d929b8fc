/** A chart with its title, a legend that follows the crosshair, and a table in its stead for whoever wants one. */
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import 'uplot/dist/uPlot.min.css';
import { language } from '../../shared/language.ts';
import { theme } from '../../shared/theme.ts';
import { NOTHING } from '../format.ts';
import { runTexts } from '../run/texts.ts';
import { Guarded } from '../shell/Guarded.tsx';
import { type ChartData, dashesOf, distinctColourOf, type Line, latest, tableRows } from './chart.ts';
import './charts.css';
import { Plot, structureOf } from './plot.ts';
import { Redraw } from './redraw.ts';

/** Rows of a table; a curve of thousands of steps is shown at as many places. */
const ROWS_MAX = 40;

type ChartProps = { readonly data: ChartData; readonly wide?: boolean };

export function Chart(props: ChartProps) {
  return (
    <Guarded name="chart">
      <Drawn {...props} />
    </Guarded>
  );
}

function Drawn({ data, wide = false }: ChartProps) {
  const t = runTexts();
  const [asTable, setAsTable] = useState(false);
  const [cursor, setCursor] = useState<number | null>(null);
  const title = useId();
  const empty = data.at.length === 0;
  return (
    <section class={wide ? 'panel chart wide' : 'panel chart'} aria-labelledby={title}>
      <header>
        <h3 id={title}>{data.title}</h3>
        <button
          type="button"
          class="plain"
          aria-pressed={asTable}
          aria-label={`${t.table}: ${data.title}`}
          disabled={empty}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? t.chart : t.table}
        </button>
      </header>
      {asTable && !empty ? <Table data={data} /> : <Canvas data={data} onCursor={setCursor} />}
      <Legend data={data} cursor={cursor} />
    </section>
  );
}

function describe(data: ChartData): string {
  const t = runTexts();
  if (data.at.length === 0) return `${data.title}. ${t.noPoints}`;
  const values = data.lines
    .filter(({ faint }) => faint !== true)
    .map(({ label, values, format }) => `${label} ${format(latest(values))}`);
  const marks = data.marks.map(({ at, label }) => `${label}: ${data.axis} ${at}`);
  return t.latestValues(data.title, [`${data.axis} ${data.at.at(-1)}`, ...values, ...marks].join(', '));
}

type CanvasProps = { readonly data: ChartData; readonly onCursor: (index: number | null) => void };

function later(ms: number, act: () => void): () => void {
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
}

function Canvas({ data, onCursor }: CanvasProps) {
  const place = useRef<HTMLDivElement>(null);
  const redraw = useRef<Redraw | null>(null);
  const newest = useRef(data);
  newest.current = data;
  const structure = `${structureOf(data)} ${theme.value} ${language.value}`;
  const empty = data.at.length === 0;

  useEffect(() => {
    const element = place.current;
    if (element === null || empty) return;
    const built = new Plot(element, newest.current, onCursor);
    const redrawn = new Redraw({ draw: () => built.setData(newest.current), after: later });
    redraw.current = redrawn;
    const sizes = new ResizeObserver(() => built.setWidth(element.clientWidth));
    const views = new IntersectionObserver((entries) => redrawn.seen(entries.at(-1)?.isIntersecting ?? true));
    const print = (): void => redrawn.now();
    sizes.observe(element);
    views.observe(element);
    addEventListener('beforeprint', print);
    return () => {
      sizes.disconnect();
      views.disconnect();
      removeEventListener('beforeprint', print);
      redrawn.end();
      redraw.current = null;
      built.destroy();
    };
  }, [structure, empty]);

  useEffect(() => redraw.current?.changed(), [data]);

  return (
    <div ref={place} class="canvas" role="img" aria-label={describe(data)}>
      {empty ? <p class="quiet">{runTexts().noPoints}</p> : null}
    </div>
  );
}

function Legend({ data, cursor }: { readonly data: ChartData; readonly cursor: number | null }) {
  // A place that was pointed at may be gone with the curve that was there.
  const place = cursor !== null && cursor < data.at.length ? cursor : null;
  const at = place === null ? data.at.at(-1) : data.at[place];
  if (at === undefined) return null;
  const dashes = dashesOf(data.lines);
  return (
    <ul class="legend" aria-hidden="true">
      <li class="quiet number">
        {data.axis} {data.place?.(at) ?? at}
      </li>
      {data.lines.map((line, index) => (
        <li key={line.label}>
          <Sample line={line} dash={dashes[index] ?? []} dots={data.dots} />
          <span>{line.label}</span>
          <b class="number">{line.format(valueAt(line, place))}</b>
        </li>
      ))}
    </ul>
  );
}

const valueAt = (line: Line, cursor: number | null): number | null =>
  cursor === null ? latest(line.values) : (line.values[cursor] ?? null);

type SampleProps = {
  readonly line: Line;
  readonly dash: readonly number[];
  readonly dots: boolean;
};

/** The line as it is drawn: colour, dash and kind of dot. */
function Sample({ line, dash, dots }: SampleProps) {
  const hollow = dash.length > 0;
  const named = distinctColourOf(line.look, theme.value === 'dark');
  return (
    <svg
      class="sample"
      style={{ color: named.startsWith('--') ? `var(${named})` : named }}
      viewBox="0 0 30 12"
      aria-hidden="true"
    >
      <path d="M0 6H30" stroke-dasharray={dash.join(' ')} stroke-width={line.faint === true ? 1 : 2.5} />
      {line.faint === true || !dots ? null : (
        <circle cx="15" cy="6" r="3.2" class={hollow ? 'hollow' : 'full'} />
      )}
    </svg>
  );
}

function placeOf({ at, place }: ChartData, row: number): string | number {
  const value = at[row];
  return value === undefined ? NOTHING : (place?.(value) ?? value);
}

function Table({ data }: { readonly data: ChartData }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class="canvas scroll" tabIndex={0} aria-label={data.title}>
      <table class="grid">
        <thead>
          <tr>
            <th scope="col">{data.axis}</th>
            {data.lines.map(({ label }) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {tableRows(data.at.length, ROWS_MAX)
            .reverse()
            .map((row) => (
              <tr key={data.at[row]}>
                <th scope="row" class="number">
                  {placeOf(data, row)}
                </th>
                {data.lines.map(({ label, values, format }) => (
                  <td key={label} class="number">
                    {format(values[row] ?? null)}
                  </td>
                ))}
              </tr>
            ))}
        </tbody>
      </table>
    </section>
  );
}
