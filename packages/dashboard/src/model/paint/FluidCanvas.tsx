/** A canvas as wide as its place, with as many pixels as the screen has there, painted anew when what it shows changes. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { type Theme, theme } from '../../shared/theme.ts';

export type FluidCanvasProps = {
  /** What it shows, for those who do not see it; empty where the words beside it say everything. */
  readonly label: string;
  readonly name: string;
  /** Told how far a pointer has been drawn across. */
  readonly onDrag?: (across: number) => void;
  readonly heightOf: (width: number) => number;
  /** In CSS pixels. */
  readonly paint: (context: CanvasRenderingContext2D, theme: Theme, width: number, height: number) => void;
};

export function FluidCanvas({ label, name, heightOf, paint, onDrag }: FluidCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const colours = theme.value;
  useLayoutEffect(() => {
    const place = canvas.current?.parentElement;
    if (place === null || place === undefined) return;
    const measure = (): void => setWidth(Math.floor(place.clientWidth));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(place);
    return () => observer.disconnect();
  }, []);
  const height = Math.round(heightOf(width));
  const density = Math.min(devicePixelRatio, 3);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context === null || context === undefined || width === 0) return;
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, width, height);
    paint(context, colours, width, height);
  });
  return (
    <div class={name}>
      <canvas
        ref={canvas}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={(event) => {
          if (event.buttons > 0) onDrag?.(event.movementX);
        }}
        width={Math.round(width * density)}
        height={Math.round(height * density)}
        {...(label === '' ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
      />
    </div>
  );
}
