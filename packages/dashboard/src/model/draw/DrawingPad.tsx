/** A field to draw a digit on, with a mouse, a pen or a finger. */
import { useEffect, useRef } from 'preact/hooks';
import { language, textsIn } from '../../shared/language.ts';
import { theme } from '../../shared/theme.ts';
import { texts } from '../texts.ts';
import { preprocess } from './preprocess.ts';
import { field, present, subject, wave } from './subject.ts';

/** Pixels along a side; a stroke is then as wide, once scaled down, as those of MNIST. */
const SIDE = 280;
const STROKE = 22;

export function DrawingPad() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const colour = theme.value;
  // Ink takes the colour of the theme when that changes.
  useEffect(() => {
    const context = contextOf(canvas.current);
    if (context !== null) tint(context);
  }, [colour]);
  useEffect(() => {
    // A drawing is on the pad already, unless the pad has been away; then it comes back as the network saw it.
    let isNew = true;
    return subject.subscribe((given) => {
      const context = contextOf(canvas.current);
      if (context === null || (given?.from === 'drawing' && !isNew)) return;
      isNew = false;
      context.clearRect(0, 0, SIDE, SIDE);
      const size = field.peek();
      if (given !== null && size !== null) print(context, given.pixels, size);
    });
  }, []);
  useEffect(() => {
    const element = canvas.current;
    const context = contextOf(element);
    return element === null || context === null ? undefined : followPointer(element, context);
  }, []);
  const text = textsIn(texts);
  return (
    <canvas
      ref={canvas}
      class="pad"
      width={SIDE}
      height={SIDE}
      role="img"
      aria-label={text.padLabel}
      lang={language.value}
    />
  );
}

function contextOf(canvas: HTMLCanvasElement | null): CanvasRenderingContext2D | null {
  return canvas?.getContext('2d', { willReadFrequently: true }) ?? null;
}

/** Colours all ink as the words of the page are. */
function tint(context: CanvasRenderingContext2D): void {
  context.globalCompositeOperation = 'source-in';
  context.fillStyle = getComputedStyle(context.canvas).color;
  context.fillRect(0, 0, SIDE, SIDE);
  context.globalCompositeOperation = 'source-over';
}

/** A sample of the test set, as large as the pad. */
function print(
  context: CanvasRenderingContext2D,
  pixels: Float32Array,
  { width, height }: { readonly width: number; readonly height: number },
): void {
  const picture = new ImageData(width, height);
  pixels.forEach((value, i) => {
    picture.data[4 * i + 3] = Math.round(255 * value);
  });
  const small = document.createElement('canvas');
  small.width = width;
  small.height = height;
  small.getContext('2d')?.putImageData(picture, 0, 0);
  context.drawImage(small, 0, 0, SIDE, SIDE);
  tint(context);
}

/** Draws along the pointer; what has been drawn is read once a frame. @returns what ends it */
function followPointer(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D): () => void {
  let last: readonly [number, number] | null = null;
  let frame: number | null = null;
  const placeOf = (event: PointerEvent): readonly [number, number] => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * SIDE) / box.width, ((event.clientY - box.top) * SIDE) / box.height];
  };
  const look = (): void => {
    frame = null;
    const size = field.peek();
    if (size === null) return;
    const { data } = context.getImageData(0, 0, SIDE, SIDE);
    const cover = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => data[4 * i + 3]);
    const pixels = preprocess({ width: SIDE, height: SIDE, cover }, size);
    present(pixels === null ? null : { from: 'drawing', pixels });
  };
  const lookSoon = (): void => {
    frame ??= requestAnimationFrame(look);
  };
  const lineTo = (place: readonly [number, number]): void => {
    const [x, y] = last ?? place;
    context.strokeStyle = getComputedStyle(canvas).color;
    context.lineWidth = STROKE;
    context.lineCap = 'round';
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(place[0], place[1]);
    context.stroke();
    last = place;
    lookSoon();
  };
  const down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    if (subject.peek()?.from === 'test') context.clearRect(0, 0, SIDE, SIDE);
    canvas.setPointerCapture(event.pointerId);
    lineTo(placeOf(event));
  };
  const move = (event: PointerEvent): void => {
    if (last === null) return;
    for (const one of event.getCoalescedEvents?.() ?? []) lineTo(placeOf(one));
    lineTo(placeOf(event));
  };
  const up = (): void => {
    if (last === null) return;
    last = null;
    wave.value += 1;
  };
  canvas.addEventListener('pointerdown', down);
  canvas.addEventListener('pointermove', move);
  canvas.addEventListener('pointerup', up);
  canvas.addEventListener('pointercancel', up);
  return () => {
    canvas.removeEventListener('pointerdown', down);
    canvas.removeEventListener('pointermove', move);
    canvas.removeEventListener('pointerup', up);
    canvas.removeEventListener('pointercancel', up);
    if (frame !== null) cancelAnimationFrame(frame);
  };
}
