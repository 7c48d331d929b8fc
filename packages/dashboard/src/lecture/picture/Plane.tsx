/** What a small network says everywhere in the plane around a truth table, with its boundary and the points. */
import { type Executor, type Model, type Samples, wasmStrictEngine } from '@shoal/core';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { evaluatePlane } from '../../model/lab/boundaryGrid.ts';
import { scoreOf } from '../../model/lab/score.ts';
import { paintBoundary } from '../../model/paint/boundary.ts';
import { SquareCanvas } from './SquareCanvas.tsx';

const SIDE = 61;
const MICROBATCH = 61;

type Tools = { readonly executor: Executor; readonly scorer: Executor };

type Props = {
  readonly model: Model;
  readonly parameters: Float32Array | null;
  readonly samples: Samples;
  readonly label: string;
};

export function Plane({ model, parameters, samples, label }: Props) {
  const score = useMemo(() => scoreOf(model), [model]);
  const [tools, setTools] = useState<Tools | null>(null);
  useEffect(() => {
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
  const grid = useMemo(() => {
    if (tools === null || parameters === null) return null;
    for (const one of [tools.executor, tools.scorer]) {
      one.parameters.set(parameters.subarray(0, one.parameters.length));
      one.parametersChanged();
    }
    return evaluatePlane({ ...tools, score, side: SIDE });
  }, [tools, parameters]);
  return (
    <SquareCanvas
      label={label}
      paint={(context, theme, side) =>
        paintBoundary(context, theme, { grid, samples, model, parameters, width: side, height: side })
      }
    />
  );
}
