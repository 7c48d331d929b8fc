/** The engines of this machine by name. */
import { type Engine, referenceEngine, suggestion, wasmStrictEngine } from '@shoal/core';
import { UserError } from '../errors.ts';

export const ENGINES: readonly Engine[] = [referenceEngine, wasmStrictEngine];

/** @throws UserError naming the nearest */
export function engineNamed(name: string): Engine {
  const engine = ENGINES.find((one) => one.name === name);
  if (engine !== undefined) return engine;
  const known = ENGINES.map((one) => one.name);
  throw new UserError(`There is no engine "${name}" here: ${suggestion(name, known)}`);
}
