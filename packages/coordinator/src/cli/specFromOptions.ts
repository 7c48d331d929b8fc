/** From `--preset`, `--config`, `--set` and `--seed` to a resolved run spec. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { applyOverrides, findPreset, type RunSpec, reasonOf } from '@shoal/core';
import { parse, YAMLParseError } from 'yaml';
import { UserError } from '../errors.ts';
import { placed, specFromFields } from '../run/specFromFields.ts';
import { decodeText } from '../textFile.ts';
import type { SpecOptions } from './options.ts';

/** @throws UserError or SpecError, whose messages are sentences */
export async function specFromOptions(options: SpecOptions, defaultPreset: string): Promise<RunSpec> {
  const overrides = [...(options.set ?? [])];
  if (options.seed !== undefined) overrides.push(`seed=${options.seed}`);
  return applyOverrides(await written(options, defaultPreset), overrides);
}

async function written(options: SpecOptions, defaultPreset: string): Promise<RunSpec> {
  if (options.config === undefined) return findPreset(options.preset ?? defaultPreset);
  const input = await readConfig(options.config);
  const source = `The config ${options.config}`;
  try {
    return specFromFields(input, { base: options.preset ?? null, source });
  } catch (error) {
    throw placed(error, basename(options.config));
  }
}

async function readConfig(file: string): Promise<unknown> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const why = reasonOf(error);
    throw new UserError(
      `The config ${file} cannot be read (${why}): name a JSON or YAML file after --config.`,
    );
  }
  const text = decodeText(bytes, `The config ${file}`);
  try {
    // YAML reads JSON too, and says where it stumbles.
    return parse(text);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    const at = error.linePos?.[0];
    const place = at === undefined ? '' : ` at line ${at.line}, column ${at.col}`;
    throw new UserError(
      `The config ${file} is not valid JSON or YAML${place}: ${error.message.split('\n')[0]}.`,
    );
  }
}
