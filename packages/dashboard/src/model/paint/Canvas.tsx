/** A canvas that is painted anew whenever what it shows, or the theme, changes. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { type Theme, theme } from '../../shared/theme.ts';

export type CanvasProps = {
  /** What it shows, for those who do not see it; empty where the words beside it say everything. */
  readonly label: string;
  readonly width: number;
  readonly height: number;
  readonly name?: string;
  readonly paint: (context: CanvasRenderingContext2D, theme: Theme) => void;
};

export function Canvas({ label, width, height, name = '', paint }: CanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const colours = theme.value;
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context === null || context === undefined) return;
    context.clearRect(0, 0, width, height);
    paint(context, colours);
  });
  return (
    <canvas
      ref={canvas}
      class={name}
      width={width}
      height={height}
      {...(label === '' ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    />
  );
}
