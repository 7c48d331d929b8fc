/** A run spec that is being written: plain JSON that may be wrong, checked by the same functions as the command line's. */
import {
  compileModel,
  type DataSourceName,
  type Fact,
  findPreset,
  flopsPerSample,
  type LayerSpec,
  ModelError,
  type ModelSpec,
  mergeRunSpec,
  newData,
  type RunSpec,
  resolveRunSpec,
  SpecError,
} from '@shoal/core';

export type Draft = { readonly [field: string]: unknown };

export type Path = readonly (string | number)[];

export type Checked =
  | {
      readonly kind: 'right';
      readonly spec: RunSpec;
      readonly vectorLength: number;
      readonly trainable: number;
      readonly flopsPerSample: number;
    }
  /** One for each fault. */
  | { readonly kind: 'wrong'; readonly problems: readonly Fact[] };

export const isRecord = (value: unknown): value is Draft =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stands at `path`; undefined where nothing does. */
export function valueAt(draft: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => {
    if (Array.isArray(value)) return value[Number(key)];
    return isRecord(value) ? value[key] : undefined;
  }, draft);
}

/** The draft with another value at `path`; undefined takes the field away. */
export function withValue(draft: Draft, path: Path, value: unknown): Draft {
  return replaced(draft, path, value) as Draft;
}

function replaced(node: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  const child = replaced(valueAt(node, [key]), rest, value);
  if (Array.isArray(node)) return node.map((item: unknown, index) => (index === key ? child : item));
  const fields = { ...(isRecord(node) ? node : {}), [key]: child };
  if (child === undefined) delete fields[key];
  return fields;
}

/** Fields that say which other fields there are, and the object that they stand in. */
export type Variant = 'optimizer' | 'schedule' | 'data' | 'steps';

/**
 * The draft with another optimizer, schedule, step rule or data source and the usual values of its fields. What is wrong elsewhere
 * stays as it is written.
 */
export function withVariant(draft: Draft, variant: Variant, name: string): Draft {
  const written = variant === 'data' ? newData(name as DataSourceName) : { type: name };
  // Early stopping watches a validation set, which a table does not have: it is left out while defaults are found.
  const base = { model: findPreset('mnist-cnn').model, [variant]: written };
  return { ...draft, [variant]: resolveRunSpec(base)[variant] };
}

/** The draft with another outer optimizer of its local steps and the usual values of its fields. */
export function withOuter(draft: Draft, name: string): Draft {
  const steps = { type: 'localSteps', outer: { type: name } };
  const usual = resolveRunSpec({ model: findPreset('mnist-cnn').model, steps });
  return withValue(draft, ['steps', 'outer'], valueAt(usual as unknown as Draft, ['steps', 'outer']));
}

/** The usual values of early stopping, for when it is switched on. */
export const usualEarlyStopping = (): unknown =>
  mergeRunSpec(resolveRunSpec({ model: findPreset('mnist-cnn').model }), { earlyStopping: {} }).earlyStopping;

/** As the command line checks it before a run: field by field, then whether the layers fit together. */
export function checkDraft(draft: unknown): Checked {
  try {
    const spec = resolveRunSpec(draft);
    const model = compileModel(spec.model);
    return {
      kind: 'right',
      spec,
      vectorLength: model.vectorLength,
      trainable: model.trainableLength,
      flopsPerSample: flopsPerSample(model),
    };
  } catch (error) {
    if (error instanceof SpecError) return { kind: 'wrong', problems: error.problems };
    if (error instanceof ModelError) return { kind: 'wrong', problems: [error.fact] };
    throw error;
  }
}

/** Shape after each layer of the list, as far as they fit; then nothing more. */
export function shapesOf(model: unknown): string[] {
  if (!isRecord(model) || !Array.isArray(model.layers)) return [];
  const { input, layers } = model as { input: ModelSpec['input']; layers: readonly LayerSpec[] };
  for (let length = layers.length; length > 0; length -= 1) {
    try {
      // The loss wants a vector at the end; a flatten layer after the last gives it one and changes nothing before.
      const some = [...layers.slice(0, length), { type: 'flatten' } as const];
      const compiled = compileModel({ input, layers: some, loss: 'cross_entropy' });
      return compiled.layers.slice(0, length).map(({ outputShape }) => outputShape.join('×'));
    } catch {
      // One layer fewer, then.
    }
  }
  return [];
}

/** Whether one of the problems is about this field. */
export function problemAt(problems: readonly Fact[], path: Path): boolean {
  const name = path.join('.');
  return problems.some((problem) => fieldOf(problem) === name);
}

/** Dotted path of the field to mend; null where it is several, or none of the form's. */
function fieldOf(problem: Fact): string | null {
  switch (problem.type) {
    case 'microbatchTooLarge':
      return 'microbatch';
    case 'trimNeedsFast':
    case 'trimTooLarge':
    case 'trimAboveReplicas':
      return 'trust.trim';
    case 'tableHasNoValidation':
    case 'nothingHeldOut':
      return 'earlyStopping.metric';
    case 'initialUnnamed':
      return 'initial';
    case 'initialLayersTooMany':
    case 'initialLayersEmpty':
      return 'initial.layers';
    case 'initialFreezesAll':
      return 'initial.frozen';
    case 'layersEmpty':
      return 'model.layers';
    case 'inputAxes':
      return 'model.input';
    default:
      return 'at' in problem ? problem.at : null;
  }
}

/** A number as it was typed; what is none stays text, so that the check can say so. */
export function typedNumber(text: string, { nullable }: { readonly nullable: boolean }): unknown {
  const trimmed = text.trim();
  if (trimmed === '') return nullable ? null : '';
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : trimmed;
}
