/** The engines that a worker can compute with, by name. */
import { type Engine, type EngineName, referenceEngine, wasmStrictEngine } from '@shoal/core';

const ENGINES: readonly Engine[] = [wasmStrictEngine, referenceEngine];

/** In order of preference; offered to the coordinator, which chooses. */
export const ENGINE_NAMES: readonly EngineName[] = ENGINES.map((engine) => engine.name);

/** @throws RangeError for an engine that was not offered */
export function engineNamed(name: EngineName): Engine {
  const engine = ENGINES.find((one) => one.name === name);
  if (engine === undefined) {
    throw new RangeError(`This worker has no engine "${name}"; it has ${ENGINE_NAMES.join(' and ')}.`);
  }
  return engine;
}
