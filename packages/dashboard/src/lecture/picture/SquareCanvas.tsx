/** A square canvas as large as its place, painted anew whenever what it shows changes. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { type Theme, theme } from '../../shared/theme.ts';
import { useSize } from './useSize.ts';

type Props = {
  readonly label: string;
  /** In CSS pixels. */
  readonly paint: (context: CanvasRenderingContext2D, theme: Theme, side: number) => void;
  /** Told where somebody pressed or drew, as parts of the side from the lower left. */
  readonly onPress?: (across: number, up: number, isDrawing: boolean) => void;
  readonly onRelease?: () => void;
};

export function SquareCanvas({ label, paint, onPress, onRelease }: Props) {
  const { place, width, height } = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const side = Math.floor(Math.min(width, height));
  const colours = theme.value;
  const density = Math.min(devicePixelRatio, 3);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context === null || context === undefined || side <= 0) return;
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, side, side);
    paint(context, colours, side);
  });
  const press = (event: PointerEvent, isDrawing: boolean): void => {
    const box = canvas.current?.getBoundingClientRect();
    if (box === undefined || onPress === undefined) return;
    onPress((event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height, isDrawing);
  };
  return (
    <div class="square" ref={place}>
      <canvas
        ref={canvas}
        width={Math.round(side * density)}
        height={Math.round(side * density)}
        style={{ width: `${side}px`, height: `${side}px` }}
        class={onPress === undefined ? '' : 'pressed'}
        role="img"
        aria-label={label}
        onPointerDown={(event) => {
          if (onPress === undefined) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          press(event, false);
        }}
        onPointerMove={(event) => {
          if (event.buttons > 0) press(event, true);
        }}
        onPointerUp={() => onRelease?.()}
      />
    </div>
  );
}
