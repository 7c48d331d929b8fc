/** One picture: from the bytes of a PNG or JPEG file to planes of bytes, grey or red, green and blue, in the size that is asked for. */
import { convertIndexedToRgb, decode as decodePng } from 'fast-png';
import jpeg from 'jpeg-js';
import { scalePlane } from './scale.ts';

/** Pixels of a picture; one that claims more is not decoded. */
const PIXELS_MAX = 100_000_000;
const JPEG_MEMORY_MIB_MAX = 1024;

export type PictureHeader = {
  readonly type: 'png' | 'jpeg';
  readonly width: number;
  readonly height: number;
  readonly isColour: boolean;
};

/** What a file begins with, without decoding it. @throws Error, whose message says what is wrong, as "it is …" */
export function pictureHeader(bytes: Uint8Array): PictureHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = readHeader(bytes, view);
  const { width, height } = header;
  if (width < 1 || height < 1) throw new Error('it has no pixels');
  if (width * height > PIXELS_MAX) {
    throw new Error(`it claims ${width} × ${height} pixels, more than a picture to train on has`);
  }
  return header;
}

function readHeader(bytes: Uint8Array, view: DataView): PictureHeader {
  if (bytes.length === 0) throw new Error('it is empty');
  if (bytes.length >= 26 && view.getUint32(0) === 0x89504e47 && view.getUint32(12) === 0x49484452) {
    const kind = bytes[25] as number;
    return {
      type: 'png',
      width: view.getUint32(16),
      height: view.getUint32(20),
      isColour: kind !== 0 && kind !== 4,
    };
  }
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return jpegHeader(bytes, view);
  throw new Error('it is neither a PNG nor a JPEG picture');
}

/** Walks from marker to marker to the frame header (SOF0 to SOF15 without DHT, JPG and DAC). */
function jpegHeader(bytes: Uint8Array, view: DataView): PictureHeader {
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes[at] !== 0xff) throw new Error('its JPEG markers are damaged');
    const marker = bytes[at + 1] as number;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return {
        type: 'jpeg',
        height: view.getUint16(at + 5),
        width: view.getUint16(at + 7),
        isColour: (bytes[at + 9] as number) > 1,
      };
    }
    at += 2 + view.getUint16(at + 2);
  }
  throw new Error('it is cut off before its picture begins');
}

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
  const { type } = pictureHeader(bytes);
  let decoded: Planes;
  try {
    decoded = type === 'png' ? pngPlanes(bytes) : jpegPlanes(bytes);
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
    throw new Error(`it is damaged (${why})`);
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

function pngPlanes(bytes: Uint8Array): Planes {
  const png = decodePng(bytes, { checkCrc: true });
  const { width, height, depth } = png;
  const area = width * height;
  if (png.palette !== undefined) {
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

function jpegPlanes(bytes: Uint8Array): Planes {
  const { width, height, data } = jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    maxResolutionInMP: PIXELS_MAX / 1_000_000,
    maxMemoryUsageInMB: JPEG_MEMORY_MIB_MAX,
  });
  return { width, height, planes: planesOf(data, width * height, 3, 3) };
}
