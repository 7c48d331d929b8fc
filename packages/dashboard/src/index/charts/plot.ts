/** A chart on a canvas: uPlot with this page's colours, dashes, marks and crosshair. */
import uPlot from 'uplot';
import { theme } from '../../shared/theme.ts';
import type { ChartData, Line } from './chart.ts';
import { dashesOf, distinctColourOf, positive } from './chart.ts';
import { MARK_ROW, markLabels } from './markLabels.ts';

const FONT = '13px system-ui, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", sans-serif';
const HEIGHT = 240;
const AXIS_WIDTH = 62;
/** Room above the plot, for half of the topmost tick's word. */
const TOP = 8;

const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** What a plot is built from; when it changes, the plot is built anew. Values come and go through `setData`. */
export const structureOf = (data: ChartData): string =>
  JSON.stringify([
    data.title,
    data.axis,
    data.log,
    data.dots,
    data.lines.map(({ label, faint }) => [label, faint]),
  ]);

export class Plot {
  readonly #plot: uPlot;
  #data: ChartData;
  #zoomed = false;

  /** @param onCursor told the index of the point under the crosshair, null when it leaves */
  constructor(place: HTMLElement, data: ChartData, onCursor: (index: number | null) => void) {
    this.#data = data;
    this.#plot = new uPlot(this.#options(place.clientWidth, onCursor), aligned(data), place);
  }

  setData(data: ChartData): void {
    const isMarkedAnew = data.marks.length !== this.#data.marks.length;
    this.#data = data;
    // A part that somebody has enlarged stays where it is.
    this.#plot.setData(aligned(data), !this.#zoomed);
    // Without `true` the horizontal range is left as it is, which the new data may just have widened.
    if (this.#zoomed || isMarkedAnew) this.#plot.redraw(this.#zoomed, isMarkedAnew);
  }

  setWidth(width: number): void {
    if (width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: HEIGHT });
  }

  destroy(): void {
    this.#plot.destroy();
  }

  #options(width: number, onCursor: (index: number | null) => void): uPlot.Options {
    const data = this.#data;
    const axis: Partial<uPlot.Axis> = {
      stroke: colour('--quiet'),
      font: FONT,
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { stroke: colour('--line'), width: 1, size: 4 },
    };
    return {
      width: Math.max(width, 200),
      height: HEIGHT,
      padding: [() => TOP + this.#data.marks.length * MARK_ROW, null, null, null],
      legend: { show: false },
      cursor: {
        sync: { key: data.group },
        // Full, also where the line's own dots are hollow.
        points: { size: 10, fill: (_, line) => lineColour(data.lines[line - 1]?.look ?? 0) },
        drag: { x: true, y: false },
      },
      scales: { x: { time: false }, y: data.log ? { distr: 3 } : {} },
      axes: [
        horizontal(axis, data),
        {
          ...axis,
          size: AXIS_WIDTH,
          values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : data.format(tick))),
        },
      ],
      series: [{}, ...seriesOf(data)],
      hooks: {
        setCursor: [({ cursor }) => onCursor(cursor.idx ?? null)],
        setSelect: [
          ({ select }) => {
            this.#zoomed = select.width > 0;
          },
        ],
        ready: [
          ({ over }) =>
            over.addEventListener('dblclick', () => {
              this.#zoomed = false;
            }),
        ],
        draw: [(plot) => drawMarks(plot, this.#data)],
      },
    };
  }
}

function seriesOf(data: ChartData): uPlot.Series[] {
  const dashes = dashesOf(data.lines);
  return data.lines.map((line, index) => ({
    ...series(line, dashes[index] ?? [], data.dots),
    spanGaps: data.joins === true,
  }));
}

function series({ label, look, faint = false }: Line, dash: number[], show: boolean): uPlot.Series {
  const stroke = lineColour(look);
  if (faint) return { label, stroke, width: 1, alpha: 0.35, points: { show: false } };
  // A dashed line has hollow dots: the two can be told apart without their colours.
  const fill = dash.length > 0 ? colour('--panel') : stroke;
  return { label, stroke, width: 2.5, dash, points: { show, size: 7, width: 2, stroke, fill } };
}

function lineColour(look: number): string {
  const named = distinctColourOf(look, theme.peek() === 'dark');
  return named.startsWith('--') ? colour(named) : named;
}

function horizontal(axis: Partial<uPlot.Axis>, { place }: ChartData): uPlot.Axis {
  const bottom = { ...axis, size: 34, space: 60 };
  if (place === undefined) {
    return { ...bottom, incrs: WHOLE_STEPS, values: (_, ticks) => ticks.map(countTick) };
  }
  return {
    ...bottom,
    space: 80,
    values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : place(tick))),
  };
}

/** Epochs and steps are whole. */
const WHOLE_STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 1_000_000,
];

const countTick = (tick: number): string =>
  tick >= 10_000 && tick % 1000 === 0 ? `${tick / 1000}k` : String(tick);

function aligned({ at, lines, log }: ChartData): uPlot.AlignedData {
  const drawn = lines.map(({ values }) => (log ? values.map(positive) : values));
  return [at, ...drawn] as unknown as uPlot.AlignedData;
}

/** Vertical lines, each with its word above the plot. */
function drawMarks(plot: uPlot, { marks }: ChartData): void {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio;
  ctx.save();
  ctx.font = `${13 * scale}px system-ui, "Noto Sans CJK SC", sans-serif`;
  ctx.lineWidth = 1.5 * scale;
  ctx.setLineDash([3 * scale, 3 * scale]);
  ctx.textBaseline = 'top';
  ctx.textAlign = 'left';
  const lines = marks.map(({ at, label }) => ({
    x: Math.round(plot.valToPos(at, 'x', true)),
    width: ctx.measureText(label).width,
  }));
  const bounds = { left: bbox.left, right: bbox.left + bbox.width, top: bbox.top };
  const labels = markLabels(lines, bounds, scale);
  marks.forEach(({ label, tone }, index) => {
    const { x } = lines[index] as { readonly x: number };
    // Outside the part that somebody has enlarged.
    if (x < bounds.left || x > bounds.right) return;
    const { left, top } = labels[index] as { readonly left: number; readonly top: number };
    ctx.strokeStyle = colour(tone === 'good' ? '--good' : '--warn');
    ctx.fillStyle = ctx.strokeStyle;
    ctx.beginPath();
    ctx.moveTo(x, top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillText(label, left, top);
  });
  ctx.restore();
}
