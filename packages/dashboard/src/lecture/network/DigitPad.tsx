/** A square to draw a digit on; what is drawn is prepared as the network's samples are. */
import { useRef, useState } from 'preact/hooks';
import { preprocess } from '../../model/draw/preprocess.ts';
import { cssColour, inkColour } from '../../model/paint/colours.ts';
import { SquareCanvas } from '../picture/SquareCanvas.tsx';

type Place = readonly [x: number, y: number];

/** Pixels along the side of what is prepared, and a stroke's width there: as thick as those of the samples. */
const SIDE = 140;
const STROKE = 11;
export const FIELD = { width: 28, height: 28 };

type Props = {
  readonly label: string;
  /** What the network is given at present, drawn in the pad where nobody draws. */
  readonly pixels: Float32Array | null;
  readonly onDrawn: (pixels: Float32Array) => void;
};

export function DigitPad({ label, pixels, onDrawn }: Props) {
  const strokes = useRef<Place[][]>([]);
  const [version, changed] = useState(0);
  // Something else has been put before the network.
  const shown = useRef(pixels);
  if (shown.current !== pixels) {
    if (pixels === null || !drawnHere.has(pixels)) strokes.current = [];
    shown.current = pixels;
  }
  return (
    <SquareCanvas
      label={label}
      paint={(context, theme, side) => {
        void version;
        context.fillStyle = cssColour(inkColour(theme, 0));
        context.fillRect(0, 0, side, side);
        if (strokes.current.length > 0) {
          paintStrokes(context, strokes.current, side, cssColour(inkColour(theme, 1)));
        } else if (pixels !== null) {
          const cell = side / FIELD.width;
          pixels.forEach((value, i) => {
            if (value === 0) return;
            context.fillStyle = cssColour(inkColour(theme, value));
            context.fillRect(
              (i % FIELD.width) * cell,
              Math.floor(i / FIELD.width) * cell,
              cell + 0.5,
              cell + 0.5,
            );
          });
        }
      }}
      onPress={(x, up, isDrawing) => {
        if (isDrawing) strokes.current.at(-1)?.push([x, 1 - up]);
        else strokes.current.push([[x, 1 - up]]);
        changed(version + 1);
      }}
      onRelease={() => {
        const prepared = prepare(strokes.current);
        if (prepared === null) return;
        drawnHere.add(prepared);
        onDrawn(prepared);
      }}
    />
  );
}

const drawnHere = new WeakSet<Float32Array>();

function paintStrokes(
  context: CanvasRenderingContext2D,
  strokes: readonly (readonly Place[])[],
  side: number,
  colour: string,
): void {
  context.strokeStyle = colour;
  context.lineWidth = (STROKE / SIDE) * side;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const stroke of strokes) {
    context.beginPath();
    const [[x0, y0]] = stroke as [Place];
    context.moveTo(x0 * side, y0 * side + 0.01);
    for (const [x, y] of stroke) context.lineTo(x * side, y * side);
    context.stroke();
  }
}

function prepare(strokes: readonly (readonly Place[])[]): Float32Array | null {
  const canvas = document.createElement('canvas');
  canvas.width = SIDE;
  canvas.height = SIDE;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) return null;
  paintStrokes(context, strokes, SIDE, '#000000');
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  const cover = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => data[4 * i + 3] ?? 0);
  return preprocess({ width: SIDE, height: SIDE, cover }, FIELD);
}
