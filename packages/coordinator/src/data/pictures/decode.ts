/** One picture: from the bytes of a PNG or JPEG file to planes of bytes, grey or red, green and blue, in the size that is asked for. */
import { convertIndexedToRgb, decode as decodePng } from 'fast-png';
import jpeg from 'jpeg-js';
import { type JpegHeader, PIXELS_MAX, type PngHeader, pictureHeader } from './header.ts';
import { turnedPlane } from './orientation.ts';
import { checkPngChunks } from './pngChunks.ts';
import { scalePlane } from './scale.ts';

const JPEG_MEMORY_MIB_MAX = 1024;

/** Planes of bytes, [channels][height × width]. */
type Planes = { readonly width: number; readonly height: number; readonly planes: readonly Uint8Array[] };

/**
 * Decodes to out[at …], [channels, height, width]: 1 channel is grey, 3 are red, green and blue. Opacity is left out.
 * @throws Error, whose message says what is wrong, as "it is …"
 */
export function decodePicture(
  bytes: Uint8Array,
  [channels, height, width]: readonly [number, number, number],
  out: Uint8Array,
  at: number,
): void {
  const header = pictureHeader(bytes);
  if (header.type === 'png') checkPng(bytes, header);
  let decoded: Planes;
  try {
    decoded = header.type === 'png' ? pngPlanes(bytes, header) : jpegPlanes(bytes, header);
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
    // What a view of the bytes says where they end too soon.
    throw new Error(/outside the bounds/.test(why) ? 'it is cut off' : `it is damaged (${why})`);
  }
  const area = height * width;
  const size = [decoded.height, decoded.width] as const;
  for (const [channel, plane] of inChannels(decoded.planes, channels).entries()) {
    scalePlane(plane, size, out, at + channel * area, [height, width]);
  }
}

function inChannels(planes: readonly Uint8Array[], channels: number): readonly Uint8Array[] {
  const [first = new Uint8Array()] = planes;
  if (channels === planes.length) return planes;
  if (channels === 1) return [greyOf(planes)];
  return Array.from({ length: channels }, (_, i) => planes[i] ?? first);
}

/** ITU-R 601-2 luma in 16 bits: (19595·R + 38470·G + 7471·B + ½) / 65536. */
function greyOf([red, green, blue]: readonly Uint8Array[]): Uint8Array {
  const length = red?.length ?? 0;
  const grey = new Uint8Array(length);
  for (let i = 0; i < length; i += 1) {
    grey[i] =
      (19_595 * (red?.[i] as number) +
        38_470 * (green?.[i] as number) +
        7_471 * (blue?.[i] as number) +
        32_768) >>
      16;
  }
  return grey;
}

function checkPng(bytes: Uint8Array, header: PngHeader): void {
  // The decoder takes each pixel of such rows for a byte.
  if (header.isInterlaced && header.depth < 8)
    throw new Error(
      `it is interlaced with ${header.depth} bits a pixel, which is not read: save it without interlacing`,
    );
  checkPngChunks(bytes, header);
}

function pngPlanes(bytes: Uint8Array, { isIndexed }: PngHeader): Planes {
  const png = decodePng(bytes, { checkCrc: true });
  const { width, height, depth } = png;
  const area = width * height;
  // A picture in full colour may have a palette too, as advice for small screens.
  if (isIndexed) {
    const values = convertIndexedToRgb(png);
    return { width, height, planes: planesOf(values, area, values.length / area, 3) };
  }
  const { data, channels } = png;
  if (depth < 8) return { width, height, planes: [unpackedGrey(data as Uint8Array, width, height, depth)] };
  const colours = channels <= 2 ? 1 : 3;
  if (depth === 8 && channels === 1) return { width, height, planes: [data as Uint8Array] };
  return { width, height, planes: planesOf(data, area, channels, colours, depth === 16 ? 8 : 0) };
}

/** The first `wanted` of `channels` that lie beside each other, each as a plane; 16 bits lose the lower 8. */
function planesOf(
  values: ArrayLike<number>,
  area: number,
  channels: number,
  wanted: number,
  shift = 0,
): Uint8Array[] {
  return Array.from({ length: wanted }, (_, channel) => {
    const plane = new Uint8Array(area);
    for (let i = 0; i < area; i += 1) plane[i] = (values[i * channels + channel] as number) >> shift;
    return plane;
  });
}

/** Grey of 1, 2 or 4 bits, rows beginning with a byte: the largest value is white. */
function unpackedGrey(data: Uint8Array, width: number, height: number, depth: number): Uint8Array {
  const rowBytes = Math.ceil((width * depth) / 8);
  const largest = (1 << depth) - 1;
  const grey = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const bit = x * depth;
      const byte = data[y * rowBytes + (bit >> 3)] as number;
      const value = (byte >> (8 - depth - (bit & 7))) & largest;
      grey[y * width + x] = (value * 255) / largest;
    }
  }
  return grey;
}

function jpegPlanes(bytes: Uint8Array, { width, height, orientation, isPlainRgb }: JpegHeader): Planes {
  const decoded = jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    maxResolutionInMP: PIXELS_MAX / 1_000_000,
    maxMemoryUsageInMB: JPEG_MEMORY_MIB_MAX,
    ...(isPlainRgb && { colorTransform: false }),
  });
  const planes = planesOf(decoded.data, decoded.width * decoded.height, 3, 3);
  const stored = [decoded.height, decoded.width] as const;
  return { width, height, planes: planes.map((plane) => turnedPlane(plane, stored, orientation)) };
}
