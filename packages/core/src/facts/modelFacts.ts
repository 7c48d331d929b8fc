/**
 * Why the layers of a model do not fit together. Layers are told by their names (`dense3`); `input` and `loss`, which no
 * layer can be named, are the model's input and its loss. Shapes are those of one sample.
 */
import type { LossName } from '../nn/layers.ts';
import type { TensorRole } from '../nn/model.ts';
import type { Allowed } from './allowed.ts';

type Shape = readonly number[];

export type ModelFact =
  | { readonly type: 'modelEmpty' }
  | { readonly type: 'residualEmpty'; readonly layer: string }
  | { readonly type: 'lossUnknown'; readonly value: string; readonly known: readonly string[] }
  /** `number` counts layers from 1. */
  | {
      readonly type: 'layerUnknown';
      readonly number: number;
      readonly value: string;
      readonly known: readonly string[];
    }
  | {
      readonly type: 'initializerUnknown';
      readonly layer: string;
      readonly value: string;
      readonly known: readonly string[];
    }
  /** A field of a layer; `part` is which of two numbers, or which axis of the input. */
  | {
      readonly type: 'layerFieldInvalid';
      readonly layer: string;
      readonly field: string;
      readonly part: 'height' | 'width' | number | null;
      readonly allowed: Allowed;
      readonly value: string;
    }
  /** The input is neither `[features]` nor `[channels, height, width]`. */
  | { readonly type: 'inputInvalid'; readonly value: string }
  | { readonly type: 'inputTooLarge'; readonly shape: Shape; readonly valuesMax: number }
  /** The layer takes vectors, but what comes from `from` is an image. */
  | { readonly type: 'vectorExpected'; readonly layer: string; readonly from: string; readonly shape: Shape }
  | { readonly type: 'imageExpected'; readonly layer: string; readonly from: string; readonly shape: Shape }
  /** The window finds no place in the image; `least` is the smallest [height, width] that it would fit. */
  | {
      readonly type: 'windowTooLarge';
      readonly layer: string;
      readonly from: string;
      readonly shape: Shape;
      readonly least: readonly [number, number];
    }
  | {
      readonly type: 'outputTooLarge';
      readonly layer: string;
      readonly shape: Shape;
      readonly valuesMax: number;
    }
  | {
      readonly type: 'tensorTooLarge';
      readonly layer: string;
      readonly role: TensorRole;
      readonly shape: Shape;
      readonly parametersMax: number;
    }
  /** The two ways of a residual block end in different shapes; `identity` where the shortcut has no layer. */
  | {
      readonly type: 'shortcutMisfit';
      readonly layer: string;
      readonly main: { readonly name: string; readonly shape: Shape };
      readonly side: { readonly name: string; readonly shape: Shape };
      readonly identity: boolean;
    }
  /** A loss on one number was given more. */
  | { readonly type: 'oneOutputExpected'; readonly loss: LossName; readonly outputs: number }
  | { readonly type: 'biasesUnused'; readonly layer: string }
  | { readonly type: 'biasesInvalid'; readonly layer: string; readonly units: number; readonly value: string }
  | { readonly type: 'weightRowsInvalid'; readonly layer: string; readonly units: number }
  /** `unit` counts from 0. */
  | {
      readonly type: 'weightRowInvalid';
      readonly layer: string;
      readonly unit: number;
      readonly from: string;
      readonly shape: Shape;
      readonly inputs: number;
      readonly value: string;
    };
