/** What a PNG or JPEG file begins with: its size, whether it is in colour, and how it is to be turned. */
import { orientationOf } from './orientation.ts';

/** Pixels of a picture; one that claims more is not decoded. */
export const PIXELS_MAX = 100_000_000;

type Size = {
  /** As the picture is to be seen. */
  readonly width: number;
  readonly height: number;
  readonly isColour: boolean;
};

export type PngHeader = Size & {
  readonly type: 'png';
  /** Bits of a sample, or of a number of the palette. */
  readonly depth: number;
  readonly isIndexed: boolean;
  readonly isInterlaced: boolean;
  /** Bytes of all rows once they are unpacked, at most. */
  readonly rawBytesMax: number;
};

export type JpegHeader = Size & {
  readonly type: 'jpeg';
  /** 1 to 8, as EXIF has it. */
  readonly orientation: number;
  /** Three channels are red, green and blue, and no brightness with colour differences. */
  readonly isPlainRgb: boolean;
};

export type PictureHeader = PngHeader | JpegHeader;

/** Reads it without decoding the picture. @throws Error, whose message says what is wrong, as "it is …" */
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
  if (bytes.length >= 29 && view.getUint32(0) === 0x89504e47 && view.getUint32(12) === 0x49484452) {
    return pngHeader(view);
  }
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return jpegHeader(bytes, view);
  throw new Error('it is neither a PNG nor a JPEG picture');
}

/** Samples of a pixel by the type of colour: grey, red with green and blue, a number of the palette, with opacity. */
const PNG_CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

function pngHeader(view: DataView): PngHeader {
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const [depth, kind] = [view.getUint8(24), view.getUint8(25)];
  const rowBytes = Math.ceil((width * depth * (PNG_CHANNELS[kind] ?? 4)) / 8);
  return {
    type: 'png',
    width,
    height,
    isColour: kind !== 0 && kind !== 4,
    depth,
    isIndexed: kind === 3,
    isInterlaced: view.getUint8(28) !== 0,
    // Interlaced, a picture has more rows, and each a byte for its filter.
    rawBytesMax: 2 * height * (rowBytes + 1) + 64,
  };
}

/** Walks from marker to marker to the frame header (SOF0 to SOF15 without DHT, JPG and DAC). */
function jpegHeader(bytes: Uint8Array, view: DataView): JpegHeader {
  let orientation = 1;
  /** What Adobe's marker says of the colours; null without one. */
  let transform: number | null = null;
  for (let at = 2; at + 9 < bytes.length; ) {
    if (bytes[at] !== 0xff) throw new Error('its JPEG markers are damaged');
    const marker = bytes[at + 1] as number;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const end = at + 2 + view.getUint16(at + 2);
    if (marker === 0xe1) orientation = orientationOf(bytes.subarray(at + 4, end)) ?? orientation;
    if (marker === 0xee && isAdobe(bytes, at + 4)) transform = bytes[at + 15] as number;
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      const [high, wide] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      const channels = bytes[at + 9] as number;
      return {
        type: 'jpeg',
        ...(orientation > 4 ? { width: high, height: wide } : { width: wide, height: high }),
        isColour: channels > 1,
        orientation,
        isPlainRgb: channels === 3 && transform === 0,
      };
    }
    at = end;
  }
  throw new Error('it is cut off before its picture begins');
}

const isAdobe = (bytes: Uint8Array, at: number): boolean =>
  at + 12 <= bytes.length && [...'Adobe'].every((letter, i) => bytes[at + i] === letter.charCodeAt(0));
