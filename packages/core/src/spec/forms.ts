/**
 * What a form has to know of the fields of a run spec, read off the schemas that check it: which there are, what can be
 * written in each, and what a new layer begins with.
 */
import { getMetadata } from 'valibot';
import { DATA_SOURCES, type DataSourceName } from '../data/sources.ts';
import type { LayerSpec, LayerType } from '../nn/layers.ts';
import { LAYER_SCHEMAS } from './layerSchema.ts';
import { runSchema } from './runSchema.ts';
import {
  fieldNodeAt,
  knownNames,
  nodeAt,
  type PathKey,
  rootNode,
  type SchemaNode,
  variantsOf,
} from './schemaWalk.ts';

export type FieldForm = {
  readonly name: string;
  /** `pair` is one number for both ways or two; `json` is whatever a form has no better input for. */
  readonly kind: 'number' | 'pair' | 'flag' | 'text' | 'choice' | 'json';
  /** May be left out. */
  readonly optional: boolean;
  /** May be null. */
  readonly nullable: boolean;
  /** The words of a `choice`. */
  readonly choices: readonly string[];
};

export const LAYER_TYPES = Object.keys(LAYER_SCHEMAS) as readonly LayerType[];

/** The fields of a layer beside its type, in the order of the schema. */
export function layerForm(type: LayerType): readonly FieldForm[] {
  return entriesOf(type)
    .filter(([name]) => name !== 'type')
    .map(([name, node]) => formOf(name, node));
}

/** A layer of this type as one would begin with it. */
export function newLayer(type: LayerType): LayerSpec {
  return { type, ...startsOf(entriesOf(type)) } as LayerSpec;
}

/** The `data` of a spec as one would begin with it. */
export function newData(source: DataSourceName): unknown {
  return { source, ...startsOf(Object.entries(rootNode(DATA_SOURCES[source].schema).entries ?? {})) };
}

function startsOf(entries: readonly [string, SchemaNode][]): object {
  const started = entries.flatMap(([name, node]) => {
    const { start } = metadataOf(node);
    return start === undefined ? [] : [[name, start] as const];
  });
  return Object.fromEntries(started);
}

/** The field at `path` of a run spec that is being written; null where it has no such field. */
export function formAt(spec: unknown, path: readonly PathKey[]): FieldForm | null {
  const root = rootNode(runSchema);
  const parent = nodeAt(root, spec, path.slice(0, -1));
  const name = String(path.at(-1));
  if (parent?.type === 'variant' && parent.key === name) {
    return { name, kind: 'choice', optional: false, nullable: false, choices: knownNames(parent) };
  }
  const node = fieldNodeAt(root, spec, path);
  return node === null ? null : formOf(name, node);
}

const entriesOf = (type: LayerType): [string, SchemaNode][] =>
  Object.entries(rootNode(LAYER_SCHEMAS[type]).entries ?? {});

function metadataOf(node: SchemaNode): { readonly start?: unknown; readonly form?: unknown } {
  return getMetadata(node as unknown as Parameters<typeof getMetadata>[0]);
}

function formOf(name: string, outer: SchemaNode): FieldForm {
  let node = outer;
  let optional = false;
  let nullable = false;
  while (node.wrapped !== undefined) {
    if (node.type === 'nullable') nullable = true;
    else optional = true;
    node = node.wrapped;
  }
  return { name, kind: kindOf(node), optional, nullable, choices: choicesOf(node) };
}

function kindOf(node: SchemaNode): FieldForm['kind'] {
  switch (node.type) {
    case 'custom':
      return metadataOf(node).form === 'pair' ? 'pair' : 'number';
    case 'boolean':
      return 'flag';
    case 'string':
      return 'text';
    case 'picklist':
    case 'literal':
    case 'variant':
      return 'choice';
    default:
      return 'json';
  }
}

/** Of a tagged union, such as the initializers, the tags that say all: the others are written as JSON. */
function choicesOf(node: SchemaNode): readonly string[] {
  if (node.type !== 'variant')
    return node.type === 'picklist' || node.type === 'literal' ? knownNames(node) : [];
  return variantsOf(node)
    .filter(({ entries = {} }) => Object.keys(entries).length === 1)
    .flatMap((variant) => knownNames({ ...node, options: [variant] }));
}
