import type { Preset } from '@shoal/core';

export type RecordOfPreset = {
  /** SHA-256 of its spec, whatever is said about it; and the kernels that it was trained with. */
  readonly spec: string;
  readonly kernels: string;
  readonly trainErrors: readonly number[];
  readonly result: { readonly epochs: number; readonly parametersSha256: string };
};
/** By the preset's name. */
export type RecordsOfPresets = Readonly<Record<string, RecordOfPreset>>;

export function originOf(preset: string): Pick<RecordOfPreset, 'spec' | 'kernels'>;
export function readRecords(): Promise<RecordsOfPresets>;
export const figuredPresets: readonly Preset[];
