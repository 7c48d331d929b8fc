/** What the page and the worker that looks into the model say to each other. */
import type { BlocksManifest, PublicSpec } from '@shoal/core';
import type { BoundaryGrid } from './lab/boundaryGrid.ts';
import type { Confusion } from './lab/confusion.ts';
import type { SlopeCheck, WeightChoice } from './lab/gradient.ts';
import type { Reading, TrainingMode } from './lab/readSample.ts';
import type { Surface } from './lab/surface.ts';

/** `slice` is the first block of the training set, enough for a gradient or a surface. */
export type SetName = 'test' | 'slice';

export type OneSample = { readonly values: Float32Array; readonly label: number };

/** What can be asked, and what is answered. */
export type Tasks = {
  readonly read: {
    readonly ask: { readonly pixels: Float32Array; readonly training: TrainingMode | null };
    readonly answer: Reading;
  };
  /** Whether all blocks of a set have come whole; the number of its samples. */
  readonly set: { readonly ask: { readonly set: SetName }; readonly answer: number };
  readonly sample: { readonly ask: { readonly index: number }; readonly answer: OneSample };
  readonly confusion: { readonly ask: object; readonly answer: Confusion };
  readonly boundary: { readonly ask: { readonly side: number }; readonly answer: BoundaryGrid };
  readonly slope: {
    readonly ask: { readonly choice: WeightChoice; readonly samples: number };
    readonly answer: SlopeCheck;
  };
  readonly surface: {
    readonly ask: { readonly side: number; readonly reach: number; readonly seed: number };
    readonly answer: Surface;
  };
};
export type TaskName = keyof Tasks;

export type PageMessage =
  /** A run, before anything else is said of it; what was there of another is forgotten. */
  | { readonly type: 'run'; readonly spec: PublicSpec }
  /** The latest parameters: what is asked from here on is answered with them. */
  | { readonly type: 'parameters'; readonly values: Float32Array }
  | { readonly type: 'manifest'; readonly set: SetName; readonly manifest: BlocksManifest }
  | { readonly type: 'block'; readonly set: SetName; readonly index: number; readonly content: Uint8Array }
  | {
      readonly [K in TaskName]: {
        readonly type: 'task';
        readonly id: number;
        readonly name: K;
        readonly ask: Tasks[K]['ask'];
      };
    }[TaskName]
  | { readonly type: 'cancel'; readonly id: number };

export type WorkerMessage =
  | { readonly type: 'progress'; readonly id: number; readonly done: number; readonly total: number }
  /** The answer so far, coarser than the whole. */
  | { readonly type: 'partly'; readonly id: number; readonly answer: Tasks[TaskName]['answer'] }
  | { readonly type: 'answer'; readonly id: number; readonly answer: Tasks[TaskName]['answer'] }
  | { readonly type: 'cancelled'; readonly id: number }
  /** A sentence. */
  | { readonly type: 'failed'; readonly id: number; readonly message: string };
