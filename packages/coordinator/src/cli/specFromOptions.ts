/** From `--preset`, `--config`, `--set` and `--seed` to a resolved run spec. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  applyOverrides,
  findPreset,
  mergeRunSpec,
  type RunSpec,
  resolveRunSpec,
  SpecError,
} from '@shoal/core';
import { parse, YAMLParseError } from 'yaml';
import { UserError } from '../errors.ts';
import type { SpecOptions } from './options.ts';

/** @throws UserError or SpecError, whose messages are sentences */
export async function specFromOptions(options: SpecOptions, defaultPreset: string): Promise<RunSpec> {
  const overrides = [...(options.set ?? [])];
  if (options.seed !== undefined) overrides.push(`seed=${options.seed}`);
  return applyOverrides(await written(options, defaultPreset), overrides);
}

async function written(options: SpecOptions, defaultPreset: string): Promise<RunSpec> {
  if (options.config === undefined) return findPreset(options.preset ?? defaultPreset);
  const { preset, ...fields } = await readConfig(options.config);
  if (preset !== undefined && typeof preset !== 'string') {
    throw new UserError(
      `"preset" in ${options.config} must be the name of a preset, not ${JSON.stringify(preset)}.`,
    );
  }
  const base = options.preset ?? preset;
  try {
    return base === undefined ? resolveRunSpec(fields) : mergeRunSpec(findPreset(base), fields);
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    throw new SpecError(error.problems.map((problem) => `${basename(options.config ?? '')}: ${problem}`));
  }
}

async function readConfig(file: string): Promise<Readonly<Record<string, unknown>>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `The config ${file} cannot be read (${why}): name a JSON or YAML file after --config.`,
    );
  }
  let value: unknown;
  try {
    // YAML reads JSON too, and says where it stumbles.
    value = parse(text);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    const at = error.linePos?.[0];
    const place = at === undefined ? '' : ` at line ${at.line}, column ${at.col}`;
    throw new UserError(
      `The config ${file} is not valid JSON or YAML${place}: ${error.message.split('\n')[0]}.`,
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UserError(
      `The config ${file} must hold an object of fields, such as {"preset": "mnist-mlp", "epochs": 3}.`,
    );
  }
  return value as Readonly<Record<string, unknown>>;
}
