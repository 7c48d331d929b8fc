/** The engine `blas`: the kernels' engine with its large matrix products done by the system's BLAS. Node.js only. */
import { blasEngineOf, type Engine } from '@shoal/core';
import { blasProducts } from './blasProducts.ts';
import { findBlas } from './library.ts';

/** Loads the library when a model is compiled, so that runs of other engines pay nothing for it. */
export const blasEngine: Engine = {
  name: 'blas',
  numerics: 'fast',
  /** @throws RangeError where this machine has no BLAS, or no room for the model */
  compile: async (model, options) => {
    const search = await findBlas();
    if (!search.found) throw new RangeError(`The engine "blas" cannot be used here. ${search.reason}`);
    return blasEngineOf(blasProducts(search.library.sgemm)).compile(model, options);
  },
};
