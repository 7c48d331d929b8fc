/** The engines of Node.js: those that run everywhere, and the system's BLAS before them. */
import type { Engine, EngineName } from '@shoal/core';
import { engineNamed, engines } from '../slot/engines.ts';
import { blasEngine } from './blas/blasEngine.ts';
import { findBlas } from './blas/library.ts';

/** What this machine has, in order of preference. Call `enableRelaxedSimd` first. */
export async function nodeEngines(): Promise<readonly Engine[]> {
  const blas = await findBlas();
  return blas.found ? [blasEngine, ...engines()] : engines();
}

/** @throws RangeError for an engine that no Node.js has; one that is missing on this machine says so when it compiles */
export function nodeEngineNamed(name: EngineName): Engine {
  return name === 'blas' ? blasEngine : engineNamed(name);
}
