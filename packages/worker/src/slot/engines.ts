/** The engines that a worker can compute with, by name. */
import {
  type Engine,
  type EngineName,
  findWasmRelaxedEngine,
  referenceEngine,
  wasmStrictEngine,
} from '@shoal/core';

/** What every host has, in order of preference; the coordinator chooses by the run's numerics. */
export function engines(): readonly Engine[] {
  const relaxed = findWasmRelaxedEngine();
  return [...(relaxed === null ? [] : [relaxed]), wasmStrictEngine, referenceEngine];
}

export function engineNames(): EngineName[] {
  return engines().map((engine) => engine.name);
}

/** @throws RangeError for an engine that was not offered */
export function engineNamed(name: EngineName): Engine {
  const engine = engines().find((one) => one.name === name);
  if (engine === undefined) {
    throw new RangeError(`This worker has no engine "${name}"; it has ${engineNames().join(' and ')}.`);
  }
  return engine;
}
