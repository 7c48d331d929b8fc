/** From `--preset`, `--config`, `--set` and `--seed` to a resolved run spec. */
import { basename } from 'node:path';
import { applyOverrides, findPreset, type RunSpec } from '@shoal/core';
import { placed, specFromFields } from '../run/preparation/specFromFields.ts';
import { readConfig } from './configFile.ts';
import type { SpecOptions } from './options.ts';

const CONFIG = { what: 'config', of: 'spec', asked: 'after --config' } as const;

/** @throws UserError or SpecError, whose messages are sentences */
export async function specFromOptions(options: SpecOptions, defaultPreset: string): Promise<RunSpec> {
  const overrides = [...(options.set ?? [])];
  if (options.seed !== undefined) overrides.push(`seed=${options.seed}`);
  return applyOverrides(await written(options, defaultPreset), overrides);
}

async function written(options: SpecOptions, defaultPreset: string): Promise<RunSpec> {
  if (options.config === undefined) return findPreset(options.preset ?? defaultPreset);
  const input = await readConfig(options.config, CONFIG);
  const source = `The config ${options.config}`;
  try {
    return specFromFields(input, { base: options.preset ?? null, source });
  } catch (error) {
    throw placed(error, basename(options.config));
  }
}
