/** What a small network says everywhere in the plane, computed with the kernels that train it. */
import { type Executor, type Model, wasmStrictEngine } from '@shoal/core';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { type BoundaryGrid, evaluatePlane } from '../../model/lab/boundaryGrid.ts';
import { scoreOf } from '../../model/lab/score.ts';

const SIDE = 61;
const MICROBATCH = 61;

type Tools = { readonly executor: Executor; readonly scorer: Executor };

/** Null until it is there. @param model null where there is no plane to be drawn */
export function useGrid(model: Model | null, parameters: Float32Array | null): BoundaryGrid | null {
  const score = useMemo(() => (model === null ? null : scoreOf(model)), [model]);
  const [tools, setTools] = useState<Tools | null>(null);
  useEffect(() => {
    if (model === null || score === null) return;
    let isCurrent = true;
    const compile = (one: Model) =>
      wasmStrictEngine.compile(one, { microbatch: MICROBATCH, inputGradient: false });
    void Promise.all([compile(model), compile(score.model)]).then(([executor, scorer]) => {
      if (isCurrent) setTools({ executor, scorer });
    });
    return () => {
      isCurrent = false;
    };
  }, [model]);
  return useMemo(() => {
    if (tools === null || score === null || parameters === null) return null;
    for (const one of [tools.executor, tools.scorer]) {
      one.parameters.set(parameters.subarray(0, one.parameters.length));
      one.parametersChanged();
    }
    return evaluatePlane({ ...tools, score, side: SIDE });
  }, [tools, parameters]);
}
