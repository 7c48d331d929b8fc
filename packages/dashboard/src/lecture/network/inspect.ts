/** What the neurons of a network say of one input, computed with the kernels that train it. */
import { allLayers, compileInspectable, type InspectableExecutor, type Model } from '@shoal/core';
import { useEffect, useMemo, useState } from 'preact/hooks';

/** Compiled for single samples; null until it is there. */
export function useInspector(model: Model): InspectableExecutor | null {
  const [executor, set] = useState<InspectableExecutor | null>(null);
  useEffect(() => {
    let isCurrent = true;
    void compileInspectable(model, { microbatch: 1, inputGradient: false }).then((made) => {
      if (isCurrent) set(made);
    });
    return () => {
      isCurrent = false;
    };
  }, [model]);
  return executor;
}

const BENDS = new Set(['sigmoid', 'tanh', 'relu', 'leaky_relu', 'prelu', 'gelu', 'step', 'softmax']);

/** The inputs, then of each layer of neurons what comes out of it, behind its activation. */
export function columnsFor(
  executor: InspectableExecutor,
  parameters: Float32Array,
  input: ArrayLike<number>,
): ArrayLike<number>[] {
  executor.parameters.set(parameters);
  executor.parametersChanged();
  executor.inputs.set(input);
  executor.targets[0] = 0;
  executor.evaluate(1);
  const columns: ArrayLike<number>[] = [Array.from(input)];
  for (const layer of allLayers(executor.model.layers)) {
    if (layer.type === 'dense') columns.push(executor.activations(layer.name, 0).slice());
    // What is behind a layer's own sum takes its place.
    else if (BENDS.has(layer.type)) columns[columns.length - 1] = executor.activations(layer.name, 0).slice();
  }
  return columns;
}

export function useColumns(
  model: Model,
  parameters: Float32Array | null,
  input: ArrayLike<number>,
): readonly ArrayLike<number>[] | null {
  const executor = useInspector(model);
  const key = Array.from(input).join();
  return useMemo(
    () => (executor === null || parameters === null ? null : columnsFor(executor, parameters, input)),
    [executor, parameters, key],
  );
}
