/** From whatever a browser can draw to the bytes that a model of pictures takes. */
import type { Predictor } from '@shoal/core';

/**
 * The pixels of a picture in the size of the model's input: [channels × height × width] bytes. `inverted` swaps light and
 * dark, for ink on paper where the model has seen chalk on a board. @throws RangeError for a model of no pictures
 */
export function pixelsOf(
  picture: CanvasImageSource,
  { model }: Pick<Predictor, 'model'>,
  { inverted = false }: { readonly inverted?: boolean } = {},
): Uint8Array {
  const [channels, height, width] = model.inputShape;
  if (channels === undefined || height === undefined || width === undefined) {
    throw new RangeError('The model takes no pictures.');
  }
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new RangeError('This browser cannot draw.');
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const area = width * height;
  const pixels = new Uint8Array(channels * area);
  for (let i = 0; i < area; i += 1) {
    const [red, green, blue] = [data[4 * i], data[4 * i + 1], data[4 * i + 2]] as [number, number, number];
    const grey = (19_595 * red + 38_470 * green + 7_471 * blue + 32_768) >> 16;
    const values = channels === 1 ? [grey] : [red, green, blue];
    for (let channel = 0; channel < channels; channel += 1) {
      const value = values[channel] ?? 0;
      pixels[channel * area + i] = inverted ? 255 - value : value;
    }
  }
  return pixels;
}
