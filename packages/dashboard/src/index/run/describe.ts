/** A run spec in few words, with the names that it is written in: the same in both languages. */
import type { LayerSpec, PublicSpec } from '@shoal/core';

/** `adam · lr 0.001 · beta1 0.9`; what is off (zero or null) is left out. */
export function fieldsOf(tagged: { readonly type: string }): string {
  const fields = Object.entries<unknown>(tagged)
    .filter(([name, value]) => name !== 'type' && value !== 0 && value !== null)
    .map(([name, value]) => `${name} ${unbroken(value)}`);
  return [tagged.type, ...fields].join(' · ');
}

/** A line may end at a hyphen, and 1e-8 must not. */
const unbroken = (value: unknown): string => String(value).replace('-', '\u2011');

/** `conv2d 32 → relu → max_pool2d 2 → flatten → dense 10`; what repeats at once is counted: `(dense 64 → sigmoid) × 8`. */
export function layersOf(layers: readonly LayerSpec[]): string {
  return folded(layers.map(layerOf)).join(' → ');
}

function layerOf(layer: LayerSpec): string {
  switch (layer.type) {
    case 'dense':
      return `dense ${layer.units}`;
    case 'conv2d':
      return `conv2d ${layer.filters} (${pairOf(layer.kernel)})`;
    case 'max_pool2d':
    case 'avg_pool2d':
      return `${layer.type} ${pairOf(layer.size)}`;
    case 'dropout':
      return `dropout ${layer.rate}`;
    case 'residual':
      return `residual [${layersOf(layer.layers)}]`;
    default:
      return layer.type;
  }
}

const pairOf = (pair: number | readonly [number, number]): string =>
  typeof pair === 'number' ? `${pair}×${pair}` : pair.join('×');

/** The longest group a repetition may have. */
const GROUP_MAX = 4;

function folded(words: readonly string[]): string[] {
  const result: string[] = [];
  let at = 0;
  while (at < words.length) {
    const { group, times } = repetitionAt(words, at);
    const text = words.slice(at, at + group).join(' → ');
    if (times < 3) result.push(...words.slice(at, at + 1));
    else result.push(group === 1 ? `${text} × ${times}` : `(${text}) × ${times}`);
    at += times < 3 ? 1 : group * times;
  }
  return result;
}

/** The smallest group at `at` that follows itself at least three times in all; one word, once, where none does. */
function repetitionAt(words: readonly string[], at: number): { group: number; times: number } {
  for (let group = 1; group <= GROUP_MAX; group += 1) {
    let times = 1;
    const same = (): boolean =>
      Array.from({ length: group }, (_, i) => i).every(
        (i) => words[at + i] !== undefined && words[at + i] === words[at + times * group + i],
      );
    while (same()) times += 1;
    if (times >= 3) return { group, times };
  }
  return { group: 1, times: 1 };
}

/** What a spec asks for besides model, data, optimizer and schedule, as `name value`; empty where nothing is. */
export function extrasOf(spec: PublicSpec): string[] {
  const extras: string[] = [];
  const add = (name: string, value: number | null): void => {
    if (value !== null && value !== 0) extras.push(`${name} ${value}`);
  };
  add('clip.value', spec.clip.value);
  add('clip.norm', spec.clip.norm);
  add('regularization.l1', spec.regularization.l1);
  add('regularization.l2', spec.regularization.l2);
  if (spec.data.source !== 'table') {
    const { augment } = spec.data;
    add('augment.shift', augment.shift);
    add('augment.rotate', augment.rotate);
    add('augment.scale', augment.scale);
    add('augment.elastic', augment.elastic.alpha);
  }
  return extras;
}
