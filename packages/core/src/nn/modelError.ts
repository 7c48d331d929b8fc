/** What is thrown when the layers of a model do not fit together: a sentence that names them and the way out. */
import type { Shape } from './layers.ts';

export class ModelError extends Error {
  override readonly name = 'ModelError';

  /** The full stop that makes it a sentence is added. */
  constructor(message: string) {
    super(`${message}.`);
  }
}

/** `[32, 26, 26]`: shapes as error messages and summaries show them. */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

/** What stands before a layer, for error messages: `conv2d2` or `the input`, and the shape that it gives. */
export type Source = { readonly name: string; readonly shape: Shape };

/** "dense3 expects a vector but conv2d2 gives [32, 26, 26]: put a flatten layer between them." */
export function misfit(layer: string, expects: string, source: Source, wayOut: string): ModelError {
  return new ModelError(
    `${layer} expects ${expects} but ${source.name} gives ${shapeText(source.shape)}: ${wayOut}`,
  );
}
