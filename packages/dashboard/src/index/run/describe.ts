/** A run spec in few words, with the names that it is written in; `named` puts the terms of a language beside them. */
import { augmentOf, type LayerSpec, type PublicSpec, type TermKind } from '@shoal/core';

type Named = (kind: TermKind, name: string) => string;

/** `adam · lr 0.001 · beta1 0.9`; what is off (zero or null) is left out. */
export function fieldsOf(
  kind: 'optimizer' | 'schedule',
  tagged: { readonly type: string },
  named: Named,
): string {
  const fields = Object.entries<unknown>(tagged)
    .filter(([name, value]) => name !== 'type' && value !== 0 && value !== null)
    .map(([name, value]) => `${named('field', name)} ${unbroken(value)}`);
  return [named(kind, tagged.type), ...fields].join(' · ');
}

/** A line may end at a hyphen, and 1e-8 must not. */
const unbroken = (value: unknown): string => String(value).replace('-', '\u2011');

/** `conv2d 32 → relu → max_pool2d 2 → flatten → dense 10`; what repeats at once is counted: `(dense 64 → sigmoid) × 8`. */
export function layersOf(layers: readonly LayerSpec[], named: Named): string {
  return folded(layers.map((layer) => layerOf(layer, named))).join(' → ');
}

function layerOf(layer: LayerSpec, named: Named): string {
  const name = named('layer', layer.type);
  switch (layer.type) {
    case 'dense':
      return `${name} ${layer.units}`;
    case 'conv2d':
      return `${name} ${layer.filters} (${pairOf(layer.kernel)})`;
    case 'max_pool2d':
    case 'avg_pool2d':
      return `${name} ${pairOf(layer.size)}`;
    case 'dropout':
      return `${name} ${layer.rate}`;
    case 'residual':
      return `${name} [${layersOf(layer.layers, named)}]`;
    default:
      return name;
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
export function extrasOf(spec: PublicSpec, named: Named): string[] {
  const extras: string[] = [];
  const add = (name: string, value: number | null): void => {
    if (value !== null && value !== 0) extras.push(`${named('field', name)} ${value}`);
  };
  if (spec.steps.type === 'localSteps') {
    const { replicas, localSteps, outer } = spec.steps;
    add('steps.replicas', replicas);
    add('steps.localSteps', localSteps);
    extras.push(`${named('field', 'steps.outer')} ${named('outer', outer.type)}`);
  }
  add('clip.value', spec.clip.value);
  add('clip.norm', spec.clip.norm);
  add('regularization.l1', spec.regularization.l1);
  add('regularization.l2', spec.regularization.l2);
  const augment = augmentOf(spec.data);
  if (augment !== null) {
    add('augment.shift', augment.shift);
    add('augment.rotate', augment.rotate);
    add('augment.scale', augment.scale);
    add('augment.elastic', augment.elastic.alpha);
  }
  return extras;
}
