/** Which fields of a layer the list has an input for; what is rarer (given weights, limits) is written as JSON. */
import { type FieldForm, type LayerType, layerForm } from '@shoal/core';

/** Null for a layer that wants something else, such as the layers of a residual block: it is written as JSON. */
export function inputsOf(type: LayerType): readonly FieldForm[] | null {
  const fields = layerForm(type);
  if (fields.some(({ kind, optional }) => kind === 'json' && !optional)) return null;
  return fields.filter(({ kind }) => kind !== 'json');
}

/** `3` or `3, 5`; what is neither stays text, so that the check can say so. */
export function typedPair(text: string): unknown {
  const parts = text.split(/[,×x\s]+/).filter((part) => part !== '');
  if (parts.length === 0) return undefined;
  const numbers = parts.map(Number);
  if (!numbers.every(Number.isFinite)) return text;
  return numbers.length === 1 ? numbers[0] : numbers;
}
