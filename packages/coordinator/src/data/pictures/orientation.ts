/** How a camera was held: EXIF's orientation (tag 0x0112 of its first directory), and pictures turned by it. */

const ORIENTATION = 0x0112;
const ENTRY_BYTES = 12;
/** "Exif", two zeros; then a TIFF file. */
const PREFIX = [0x45, 0x78, 0x69, 0x66, 0, 0] as const;

/** What the content of a JPEG's APP1 segment says, 1 to 8; null where it says nothing. */
export function orientationOf(segment: Uint8Array): number | null {
  if (!PREFIX.every((byte, i) => segment[i] === byte)) return null;
  const view = new DataView(
    segment.buffer,
    segment.byteOffset + PREFIX.length,
    segment.length - PREFIX.length,
  );
  if (view.byteLength < 8) return null;
  const isLittle = view.getUint16(0) === 0x4949;
  const directory = view.getUint32(4, isLittle);
  if (directory + 2 > view.byteLength) return null;
  const count = view.getUint16(directory, isLittle);
  for (let i = 0; i < count; i += 1) {
    const at = directory + 2 + i * ENTRY_BYTES;
    if (at + ENTRY_BYTES > view.byteLength) return null;
    if (view.getUint16(at, isLittle) !== ORIENTATION) continue;
    const value = view.getUint16(at + 8, isLittle);
    return value >= 1 && value <= 8 ? value : null;
  }
  return null;
}

/** A plane of [height × width] as it is to be seen; orientations of 5 and more swap its sides. */
export function turnedPlane(
  plane: Uint8Array,
  [height, width]: readonly [number, number],
  orientation: number,
): Uint8Array {
  if (orientation === 1) return plane;
  const swapsSides = orientation > 4;
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBelow = [3, 4, 6, 7].includes(orientation);
  const [rows, columns] = swapsSides ? [width, height] : [height, width];
  const turned = new Uint8Array(plane.length);
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      const [across, down] = swapsSides ? [y, x] : [x, y];
      const sourceX = fromRight ? width - 1 - across : across;
      const sourceY = fromBelow ? height - 1 - down : down;
      turned[y * columns + x] = plane[sourceY * width + sourceX] as number;
    }
  }
  return turned;
}
