/** The range of one axis: drawn over the axis with a pointer, its two ends moved by keys or a pointer. */
import { useRef } from 'preact/hooks';
import type { Axis } from './coordinates.ts';
import { drawnRange, type End, movedEnd, type Range, WHOLE } from './ranges.ts';
import { sweepTexts } from './texts.ts';

type Props = {
  readonly axis: Axis;
  readonly label: string;
  readonly x: number;
  readonly range: Range | null;
  /** Where trials are. */
  readonly stops: readonly number[];
  /** Of a place on the axis, and back from what a pointer says. */
  readonly yOf: (place: number) => number;
  readonly placeAt: (event: PointerEvent) => number;
  /** Null: no range any more. */
  readonly onRange: (range: Range | null) => void;
};

const REACH = 14;
const GRIP = { width: 22, height: 9 };

export function AxisRange({ axis, label, x, range, stops, yOf, placeAt, onRange }: Props) {
  const begun = useRef<number | null>(null);
  const { from, to } = range ?? WHOLE;
  const onPointerDown = (event: PointerEvent & { readonly currentTarget: Element }): void => {
    if (event.button !== 0) return;
    // Else a pointer would select what is written.
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    begun.current = placeAt(event);
  };
  const onPointerMove = (event: PointerEvent): void => {
    const drawn = begun.current === null ? null : drawnRange(begun.current, placeAt(event));
    if (drawn !== null) onRange(drawn);
  };
  const onPointerUp = (event: PointerEvent): void => {
    if (begun.current !== null) onRange(drawnRange(begun.current, placeAt(event)));
    begun.current = null;
  };
  return (
    <g class={range === null ? 'axis-range' : 'axis-range set'}>
      <rect
        class="reach"
        x={x - REACH}
        y={yOf(1) - REACH}
        width={2 * REACH}
        height={yOf(0) - yOf(1) + 2 * REACH}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={() => {
          begun.current = null;
        }}
      />
      {range === null ? null : (
        <rect class="range" x={x - 8} y={yOf(to)} width={16} height={Math.max(2, yOf(from) - yOf(to))} />
      )}
      {(['to', 'from'] as const).map((end) => (
        <Grip key={end} {...{ axis, label, end, x, stops, yOf, placeAt, onRange }} range={{ from, to }} />
      ))}
    </g>
  );
}

type GripProps = Omit<Props, 'range'> & { readonly range: Range; readonly end: End };

function Grip({ axis, label, end, x, range, stops, yOf, placeAt, onRange }: GripProps) {
  const t = sweepTexts();
  const isHeld = useRef(false);
  const place = range[end];
  const y = yOf(place) - (end === 'to' ? GRIP.height : 0);
  const onKeyDown = (event: KeyboardEvent): void => {
    const moved = event.key === 'Escape' ? WHOLE : movedEnd(range, end, event.key, stops);
    if (moved === null) return;
    event.preventDefault();
    // Arrows go from trial to trial elsewhere in the drawing.
    event.stopPropagation();
    onRange(moved);
  };
  return (
    <rect
      class="grip"
      role="slider"
      tabindex={0}
      aria-orientation="vertical"
      aria-label={end === 'from' ? t.rangeFrom(label) : t.rangeTo(label)}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(place * 100)}
      aria-valuetext={axis.textAt(place)}
      x={x - GRIP.width / 2}
      y={y}
      width={GRIP.width}
      height={GRIP.height}
      rx={3}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        isHeld.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (!isHeld.current) return;
        const [least, most] = end === 'from' ? [0, range.to] : [range.from, 1];
        onRange({ ...range, [end]: Math.min(most, Math.max(least, placeAt(event))) });
      }}
      onPointerUp={() => {
        isHeld.current = false;
      }}
      onPointerCancel={() => {
        isHeld.current = false;
      }}
    />
  );
}
