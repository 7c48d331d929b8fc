/** The engines of this machine by name. */
import { type Engine, suggestion } from '@shoal/core';
import { enableRelaxedSimd, nodeEngines } from '@shoal/worker';
import { UserError } from '../errors.ts';

/** All that this machine has, the fastest first. */
export function machineEngines(): Promise<readonly Engine[]> {
  enableRelaxedSimd();
  return nodeEngines();
}

/** @throws UserError naming the nearest */
export function engineOf(engines: readonly Engine[], name: string): Engine {
  const engine = engines.find((one) => one.name === name);
  if (engine !== undefined) return engine;
  if (name === 'blas') {
    throw new UserError('The engine "blas" needs OpenBLAS or Accelerate: "shoal doctor" says how to get it.');
  }
  const known = engines.map((one) => one.name);
  throw new UserError(`There is no engine "${name}" here: ${suggestion(name, known)}`);
}
