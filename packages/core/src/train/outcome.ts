/** What a run tells when an epoch ends and when it ends itself. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { LayerGradientNorm } from '../optim/gradient.ts';
import type { RunSpec } from '../spec/runSpec.ts';
import type { EpochMetrics } from './earlyStopping.ts';
import type { Evaluation } from './evaluate.ts';

export type EpochReport = EpochMetrics & {
  readonly trainAccuracy: number;
  /** Of the epoch's last step. */
  readonly learningRate: number;
  /** Gradient norm of each layer with parameters, mean over the epoch's steps: where a vanishing gradient is seen. */
  readonly layerNorms: readonly LayerGradientNorm[];
  /** True when early stopping counts this epoch as the best so far. */
  readonly improved: boolean;
};

type Delivered = {
  /** The sentence that says why the run ended as it did. */
  readonly reason: string;
  /** Epochs and steps done. */
  readonly epochs: number;
  readonly steps: number;
  /** [vectorLength] the model that is delivered. */
  readonly parameters: Float32Array;
  /** SHA-256 (hex) of `parameters` as little-endian bytes. */
  readonly parametersSha256: string;
};

export type RunOutcome =
  | (Delivered & {
      readonly state: 'finished';
      /** Epoch whose parameters are delivered, from 1; 0 when nothing was trained. */
      readonly deliveredEpoch: number;
      /** Every epoch's report, in order. */
      readonly history: readonly EpochReport[];
      /** With the delivered parameters; null where the split is empty. */
      readonly validation: Evaluation | null;
      readonly test: Evaluation | null;
    })
  /** The parameters are those before the step that was not finite. */
  | (Delivered & { readonly state: 'diverged'; readonly history: readonly EpochReport[] });

/** SHA-256 (hex) of a flat float32 vector's little-endian bytes (the byte order of every host that runs this). */
export function vectorSha256(vector: Float32Array): string {
  return bytesToHex(sha256(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength)));
}

/** Why a run that has done all that its spec asks for ends. */
export function completionReason({ epochs }: Pick<RunSpec, 'epochs'>): string {
  switch (epochs) {
    case 0:
      return 'Nothing is trained: the spec asks for 0 epochs.';
    case 1:
      return 'The one epoch is done.';
    default:
      return `All ${epochs} epochs are done.`;
  }
}

/** Why a run that left the finite numbers ends, and the way out; `epoch` and `step` count from 0. */
export function divergenceReason(spec: RunSpec, epoch: number, step: number): string {
  return (
    `The loss or a gradient was no longer a finite number in step ${step + 1} (epoch ${epoch + 1}). ` +
    `Try a smaller learning rate than ${spec.optimizer.lr} (optimizer.lr), or clip the gradient (clip.norm).`
  );
}
