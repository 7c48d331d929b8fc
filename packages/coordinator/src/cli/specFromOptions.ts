/** From `--preset`, `--config`, `--set`, `--seed` and what is said of the model to begin with to a resolved run spec. */
import { basename } from 'node:path';
import { applyOverrides, findPreset, type RunSpec } from '@shoal/core';
import { placed, specFromFields } from '../run/preparation/specFromFields.ts';
import { readConfig } from './configFile.ts';
import type { InitialSource } from './initialFromOptions.ts';
import type { InitialOptions, SpecOptions } from './options.ts';

const CONFIG = { what: 'config', of: 'spec', asked: 'after --config' } as const;

/** @throws UserError or SpecError, whose messages are sentences */
export async function specFromOptions(
  options: SpecOptions & InitialOptions,
  defaultPreset: string,
  initial: Pick<InitialSource, 'named'>,
): Promise<RunSpec> {
  const overrides = [...(options.set ?? [])];
  if (options.seed !== undefined) overrides.push(`seed=${options.seed}`);
  if (options.initialLayers !== undefined) overrides.push(`initial.layers=${options.initialLayers}`);
  if (options.freeze === true) overrides.push('initial.frozen=true');
  return applyOverrides(await written(options, defaultPreset, initial), overrides);
}

async function written(
  options: SpecOptions,
  defaultPreset: string,
  initial: Pick<InitialSource, 'named'>,
): Promise<unknown> {
  if (options.config === undefined) return initial.named(findPreset(options.preset ?? defaultPreset));
  const input = await initial.named(await readConfig(options.config, CONFIG));
  const source = `The config ${options.config}`;
  try {
    return specFromFields(input, { base: options.preset ?? null, source });
  } catch (error) {
    throw placed(error, basename(options.config));
  }
}
