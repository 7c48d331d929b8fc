/** One digit as a picture. */
import { Canvas } from '../../model/paint/Canvas.tsx';
import { inkColour } from '../../model/paint/colours.ts';
import { paintTiles } from '../../model/paint/tiles.ts';

const LAYOUT = { count: 1, width: 28, height: 28, zoom: 3, columns: 1, gap: 0 };
const SIDE = 28 * 3;

/** @param pixels [28 × 28] from 0 to 1 */
export function DigitPicture({ pixels, label }: { readonly pixels: Float32Array; readonly label: string }) {
  return (
    <Canvas
      name="digit-picture"
      label={label}
      width={SIDE}
      height={SIDE}
      paint={(context, theme) => {
        const painted = paintTiles(LAYOUT, (i) => inkColour(theme, pixels[i] ?? 0));
        context.putImageData(new ImageData(painted, SIDE, SIDE), 0, 0);
      }}
    />
  );
}
